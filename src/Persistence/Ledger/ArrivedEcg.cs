namespace EcgIntegration.Persistence.Ledger;

/// <summary>An ECG as an event brought it, to ask about.</summary>
/// <param name="SourceSystem">The publisher.</param>
/// <param name="OccurredAt">When the event happened there.</param>
/// <param name="ReceivedAt">When it arrived here.</param>
/// <param name="ObservationKey">Identity of the Observation, hexadecimal.</param>
/// <param name="RequestedObservationId"><c>Observation.id</c> as sent.</param>
/// <param name="Observation">The whole Observation, UTF-8.</param>
public sealed record ArrivedEcg(
    string SourceSystem,
    DateTimeOffset? OccurredAt,
    DateTimeOffset ReceivedAt,
    string ObservationKey,
    string? RequestedObservationId,
    ReadOnlyMemory<byte> Observation);
