using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Worker.Suggestions;

namespace EcgIntegration.Worker.Replay;

/// <summary>What an ECG shows, from wherever that is known.</summary>
internal static class ReplaySides
{
    public static ReplaySide Of(Verdict verdict) =>
        new(verdict.Status, verdict.Urgency, Codes(verdict.Suggestions.Select(suggestion => suggestion.Code), verdict.Reasons));

    public static ReplaySide Of(LedgerEntry entry) =>
        new(entry.Status, entry.Urgency, Codes(entry.Suggestions.Select(suggestion => suggestion.Code), entry.Reasons));

    public static ReplaySide Rejected(IReadOnlyList<Reason> reasons) => new(StudyStatus.Rejected, null, Codes([], reasons));

    /// <summary>The finding of two sides; a study that has failed is a failure and no change.</summary>
    public static ReplayFinding Compare(ReplaySide before, ReplaySide after) =>
        new(before.IsSame(after) ? ReplayResult.Unchanged : ReplayResult.Changed, before, after);

    /// <summary>The finding of an event that the replay has recorded; <see langword="null"/> while that is under way.</summary>
    public static ReplayFinding? Written(ReplaySide before, LedgerEntry entry)
    {
        if (!entry.IsFinal)
        {
            return null;
        }

        var finding = entry.Status == StudyStatus.Failed
            ? new ReplayFinding(ReplayResult.Failed, before, Of(entry), Reason: entry.Reasons.Count > 0 ? entry.Reasons[0] : null)
            : Compare(before, Of(entry));
        return finding with { StudyId = entry.StudyId, Written = true };
    }

    private static string[] Codes(IEnumerable<string> suggestions, IReadOnlyList<Reason> reasons) =>
        suggestions.ToArray() is { Length: > 0 } codes ? codes : [.. reasons.Select(reason => reason.Code).Distinct()];
}
