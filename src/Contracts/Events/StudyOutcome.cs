namespace EcgIntegration.Contracts.Events;

/// <summary>
/// The final outcome of one event, as published on <see cref="EventNames.Exchange"/>: identifiers and codes only.
/// Published at least once; consumers remove duplicates by (<paramref name="EventId"/>, <paramref name="Status"/>).
/// </summary>
/// <param name="EventId">The event this answers.</param>
/// <param name="StudyId">The study, shared by all events that carry the same ECG; <see langword="null"/> where none came to be.</param>
/// <param name="Status">A final status.</param>
/// <param name="Urgency">How soon a physician should look; <see langword="null"/> where there is nothing to look at.</param>
/// <param name="Observation">The stored ECG as <c>Observation/ID</c>.</param>
/// <param name="Report">The report as <c>DiagnosticReport/ID</c>.</param>
/// <param name="ModelSha256">The model version, lower-case hexadecimal.</param>
/// <param name="Reasons">Why, where the status is not <see cref="StudyStatus.Classified"/>.</param>
/// <param name="FinishedAt">When the result became durable.</param>
public sealed record StudyOutcome(
    Guid EventId,
    Guid? StudyId,
    StudyStatus Status,
    Urgency? Urgency,
    string? Observation,
    string? Report,
    string? ModelSha256,
    IReadOnlyList<Reason> Reasons,
    DateTimeOffset FinishedAt);
