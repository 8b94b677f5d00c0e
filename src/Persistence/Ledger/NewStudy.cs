using EcgIntegration.Contracts.Events;

namespace EcgIntegration.Persistence.Ledger;

/// <summary>A valid ECG event, to be recorded before it is analysed.</summary>
/// <param name="EventId">The event's own id.</param>
/// <param name="SourceSystem">The publisher.</param>
/// <param name="OccurredAt">When it happened there.</param>
/// <param name="Priority">How soon the sender wants it read.</param>
/// <param name="ReceivedAt">When it arrived here.</param>
/// <param name="ObservationKey">First part of the business key: identity of the Observation, hexadecimal.</param>
/// <param name="RequestedObservationId"><c>Observation.id</c> as sent; kept where it is valid and free, see <see cref="Resources.ResourceId"/>.</param>
/// <param name="StoredObservationId">Set for an event by reference: the stored Observation it names, which is then not written.</param>
/// <param name="Observation">The whole Observation, UTF-8.</param>
/// <param name="InputSha256">Second part of the business key: hash of what the model is to see, lower-case hexadecimal.</param>
/// <param name="ModelSha256">Third part of the business key: the model version, lower-case hexadecimal.</param>
/// <param name="FirstRetryAt">When the event is due again if nobody has finished it, for instance because the process died.</param>
public sealed record NewStudy(
    Guid EventId,
    string SourceSystem,
    DateTimeOffset? OccurredAt,
    EventPriority Priority,
    DateTimeOffset ReceivedAt,
    string ObservationKey,
    string? RequestedObservationId,
    string? StoredObservationId,
    ReadOnlyMemory<byte> Observation,
    string InputSha256,
    string ModelSha256,
    DateTimeOffset FirstRetryAt)
{
    /// <summary>For an event by reference, the version that was read; <see langword="null"/> for the current one.</summary>
    public int? StoredObservationVersion { get; init; }

    /// <summary>
    /// The event is recorded without its study, because a fault kept it from being read, or because a client stored its ECG:
    /// it gets it now.
    /// </summary>
    public bool IsReadAgain { get; init; }

    /// <summary>It is to be read again, though the same model has read the same signal already: no finished study serves.</summary>
    public bool IsRenewed { get; init; }
}
