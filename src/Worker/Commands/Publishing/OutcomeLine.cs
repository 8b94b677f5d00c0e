using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;

namespace EcgIntegration.Worker.Commands.Publishing;

/// <summary>What became of one ECG, as a line of <c>--json</c>.</summary>
internal sealed record OutcomeLine(
    string Source,
    Guid EventId,
    Guid? StudyId,
    StudyStatus Status,
    Urgency? Urgency,
    IReadOnlyList<SuggestionAnswer> Suggestions,
    string? Observation,
    string? Report,
    IReadOnlyList<Reason> Reasons,
    DateTimeOffset PublishedAt,
    DateTimeOffset? FinishedAt)
{
    /// <summary>The line of an event and its answer.</summary>
    public static OutcomeLine Of(PublishedEvent sent, EventAnswer answer) => new(
        sent.Ecg.Source,
        sent.EventId,
        answer.StudyId,
        answer.Status,
        answer.Urgency,
        answer.Suggestions ?? [],
        answer.Observation,
        answer.Report,
        answer.Reasons ?? [],
        sent.PublishedAt,
        answer.FinishedAt);
}
