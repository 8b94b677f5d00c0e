using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;

namespace EcgIntegration.Persistence.Ledger;

/// <summary>An event that says of an ECG that it was entered in error, to be recorded before anything is withdrawn.</summary>
/// <param name="EventId">The event's own id.</param>
/// <param name="SourceSystem">The publisher.</param>
/// <param name="OccurredAt">When it happened there.</param>
/// <param name="Priority">How soon the sender wants it read.</param>
/// <param name="ReceivedAt">When it arrived here.</param>
/// <param name="ObservationKey">Identity of the Observation, hexadecimal.</param>
/// <param name="RequestedObservationId"><c>Observation.id</c> as sent.</param>
/// <param name="Observation">The whole Observation, UTF-8.</param>
/// <param name="FirstRetryAt">When the event is due again if nobody has finished it.</param>
public sealed record NewWithdrawal(
    Guid EventId,
    string SourceSystem,
    DateTimeOffset? OccurredAt,
    EventPriority Priority,
    DateTimeOffset ReceivedAt,
    string ObservationKey,
    string? RequestedObservationId,
    ReadOnlyMemory<byte> Observation,
    DateTimeOffset FirstRetryAt)
{
    /// <summary>The event is recorded without its Observation, because a fault kept it from being read: it gets it now.</summary>
    public bool IsReadAgain { get; init; }
}

/// <summary>The end of an ECG that was entered in error.</summary>
/// <param name="Reason">The event's reason: nothing of the ECG is left to classify.</param>
/// <param name="Withdraws">The study whose result is withdrawn; <see langword="null"/> where the ECG has none.</param>
/// <param name="Resources">Its resources, withdrawn.</param>
public sealed record StudyWithdrawal(Reason Reason, Guid? Withdraws, IReadOnlyList<NewResource> Resources);
