using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;

namespace EcgIntegration.Worker.Commands.Publishing;

/// <summary>What <c>GET /events/{eventId}</c> tells, as far as it is shown here.</summary>
internal sealed record EventAnswer(
    Guid EventId,
    Guid? StudyId,
    StudyStatus Status,
    Urgency? Urgency,
    string? Observation,
    string? Report,
    IReadOnlyList<Reason>? Reasons,
    IReadOnlyList<SuggestionAnswer>? Suggestions,
    DateTimeOffset? FinishedAt)
{
    /// <summary>Whether nothing more will come.</summary>
    public bool IsFinal => Status != StudyStatus.Received;
}

/// <summary>One suggestion, the most probable first.</summary>
internal sealed record SuggestionAnswer(string Code, string Ja, string En, double Probability, double Threshold);
