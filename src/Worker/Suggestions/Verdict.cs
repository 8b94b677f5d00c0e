using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;

namespace EcgIntegration.Worker.Suggestions;

/// <summary>The decision about one ECG.</summary>
/// <param name="Status"><see cref="StudyStatus.Classified"/>, <see cref="StudyStatus.Uncertain"/> or <see cref="StudyStatus.Unanalysable"/>.</param>
/// <param name="Urgency">How soon a physician should look.</param>
/// <param name="Suggestions">Most urgent first, then most probable. Not empty if and only if the status is classified.</param>
/// <param name="Scores">One logit for every label of the bundle, by code, in the bundle's order; empty where the signal was not analysed.</param>
/// <param name="Reasons">Why nothing is suggested; empty if and only if the status is classified.</param>
internal sealed record Verdict(
    StudyStatus Status,
    Urgency Urgency,
    IReadOnlyList<Suggestion> Suggestions,
    IReadOnlyDictionary<string, float> Scores,
    IReadOnlyList<Reason> Reasons);

/// <summary>One label that is suggested.</summary>
/// <param name="Code">Label code.</param>
/// <param name="Ja">Japanese term.</param>
/// <param name="En">English term.</param>
/// <param name="Probability">Calibrated probability, 0 to 1.</param>
/// <param name="Threshold">The label's threshold, 0 to 1.</param>
/// <param name="Urgency">The label's urgency.</param>
/// <param name="Snomed">SNOMED CT concept id, where the catalogue has one.</param>
internal sealed record Suggestion(
    string Code,
    string Ja,
    string En,
    double Probability,
    double Threshold,
    Urgency Urgency,
    string? Snomed);
