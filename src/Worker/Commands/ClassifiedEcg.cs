using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Suggestions;

namespace EcgIntegration.Worker.Commands;

/// <summary>What became of one ECG; the shape of <c>ecg classify --json</c>.</summary>
/// <param name="Source">Path, with line or entry.</param>
/// <param name="Status">As for an event: classified, uncertain, unanalysable, rejected or failed.</param>
/// <param name="Urgency">How soon a physician should look; <see langword="null"/> where there is nothing to look at.</param>
/// <param name="Suggestions">Most urgent first, then most probable.</param>
/// <param name="Scores">One logit for every label of the bundle; empty where the signal was not analysed.</param>
/// <param name="Reasons">Why nothing is suggested.</param>
internal sealed record ClassifiedEcg(
    string Source,
    StudyStatus Status,
    Urgency? Urgency,
    IReadOnlyList<ClassifiedSuggestion> Suggestions,
    IReadOnlyDictionary<string, float> Scores,
    IReadOnlyList<Reason> Reasons)
{
    internal static ClassifiedEcg Of(string source, Verdict verdict) => new(
        source,
        verdict.Status,
        verdict.Urgency,
        [.. verdict.Suggestions.Select(s => new ClassifiedSuggestion(s.Code, s.Ja, s.En, s.Probability, s.Threshold, s.Urgency))],
        verdict.Scores,
        verdict.Reasons);

    internal static ClassifiedEcg Without(string source, StudyStatus status, IReadOnlyList<Reason> reasons) =>
        new(source, status, null, [], new Dictionary<string, float>(), reasons);
}

/// <summary>One suggestion of a <see cref="ClassifiedEcg"/>.</summary>
/// <param name="Code">Label code.</param>
/// <param name="Ja">Japanese term.</param>
/// <param name="En">English term.</param>
/// <param name="Probability">Calibrated probability, 0 to 1.</param>
/// <param name="Threshold">The label's threshold, 0 to 1.</param>
/// <param name="Urgency">The label's urgency.</param>
internal sealed record ClassifiedSuggestion(string Code, string Ja, string En, double Probability, double Threshold, Urgency Urgency);
