using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Review;
using EcgIntegration.Worker.Suggestions;
using EcgIntegration.Worker.Suggestions.Resources;

namespace EcgIntegration.Worker.Review;

/// <summary>Ledger entries as a table. Urgency is always told by words as well as by colour.</summary>
internal static class EntryTable
{
    private const int ShownSuggestions = 3;

    /// <summary>The table.</summary>
    /// <param name="caption">What it is, for those who do not see it.</param>
    /// <param name="entries">Its rows.</param>
    /// <param name="now">The time of the view.</param>
    /// <param name="withWaiting">The rows are studies, and show since when they wait; else they are events.</param>
    public static Markup Of(string caption, IReadOnlyList<ReviewEntry> entries, DateTimeOffset now, bool withWaiting) => entries.Count == 0
        ? Html.Of($"<div class=\"sheet\"><p class=\"empty\">該当する心電図はありません。<span class=\"en\" lang=\"en\">None.</span></p></div>")
        : Html.Of($"""
            <div class="sheet" role="region" aria-label="{caption}" tabindex="0"><table class="entries">
            <thead><tr><th scope="col">受信・記録<span class="en" lang="en">JST</span></th><th scope="col">緊急度</th><th scope="col">状態</th><th scope="col">AIの示唆<span class="en" lang="en">confidence (threshold)</span></th><th scope="col">詳細</th></tr></thead>
            <tbody>{Html.Join(entries.Select(entry => Row(entry, now, withWaiting)))}</tbody>
            </table></div>
            """);

    /// <summary>The urgency as a chip; a study that asks for a physician without one is told by its status.</summary>
    public static Markup UrgencyChip(Urgency? urgency)
    {
        if (urgency is not { } known)
        {
            return Html.Of($"<span class=\"chip quiet\">―</span>");
        }

        var (ja, en) = UrgencyWords.Of(known);
        return Html.Of($"<span class=\"chip {WireName.Of(known)}\">{ja}<span class=\"en\" lang=\"en\">{en}</span></span>");
    }

    public static Markup Status(StudyStatus status)
    {
        var (ja, en) = ReviewTexts.Of(status);
        return Html.Of($"{ja}<span class=\"en\" lang=\"en\">{en}</span>");
    }

    /// <summary>Links to everything there is about an entry.</summary>
    public static Markup Links(LedgerEntry entry, bool withStudy) => Html.Join(
    [
        withStudy && entry.StudyId is { } study ? Link($"/studies/{study}", "波形") : Markup.None,
        entry.Report is { } report ? Link("/fhir/" + report, "報告書") : Markup.None,
        entry.Observation is { } observation ? Link("/fhir/" + observation, "Observation") : Markup.None,
        Link($"/events/{entry.EventId}", "イベント"),
    ]);

    private static Markup Row(ReviewEntry listed, DateTimeOffset now, bool withWaiting)
    {
        var entry = listed.Entry;
        var receivedAt = withWaiting ? listed.WaitingSince : entry.ReceivedAt;
        var waiting = withWaiting ? Html.Of($"<span class=\"rate\">{ReviewTexts.Waiting(now - receivedAt)}</span>") : Markup.None;
        var stat = (withWaiting ? entry.StudyPriority : entry.Priority) == EventPriority.Stat ? Html.Of($"<span class=\"chip urgent\">至急依頼<span class=\"en\" lang=\"en\">stat</span></span>") : Markup.None;
        return Html.Of($"""
            <tr class="{(entry.Urgency is { } urgency ? WireName.Of(urgency) : "quiet")}">
            <td class="time"><time datetime="{receivedAt:O}">{ReviewTexts.Time(receivedAt, now)}</time>{waiting}<div class="rate">記録 {ReviewTexts.Recorded(listed.Recorded)}</div>{stat}</td>
            <td>{UrgencyChip(entry.Urgency)}</td>
            <td>{Status(entry.Status)}</td>
            <td>{Findings(entry)}</td>
            <td class="links">{Links(entry, withStudy: true)}</td>
            </tr>
            """);
    }

    private static Markup Findings(LedgerEntry entry)
    {
        if (entry.Suggestions.Count > 0)
        {
            var more = entry.Suggestions.Count - ShownSuggestions;
            return Html.Of($"{Html.Join(entry.Suggestions.Take(ShownSuggestions).Select(Finding))}{(more > 0 ? Html.Of($"<div class=\"rate\">ほか{more}件</div>") : Markup.None)}");
        }

        return entry.Reasons.Count == 0
            ? Html.Of($"<span class=\"rate\">―</span>")
            : Html.Of($"<div class=\"reason\">{entry.Reasons[0].Ja}{(entry.Reasons.Count > 1 ? Html.Of($"（ほか{entry.Reasons.Count - 1}件）") : Markup.None)}</div>");
    }

    private static Markup Finding(LedgerSuggestion suggestion) => Html.Of(
        $"<div class=\"finding\">{suggestion.Ja}<span class=\"rate\">{FhirTexts.Percent(suggestion.Probability)}（閾値{FhirTexts.Percent(suggestion.Threshold)}）</span></div>");

    private static Markup Link(string href, string text) => Html.Of($"<a href=\"{href}\">{text}</a>");
}
