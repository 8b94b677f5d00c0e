using System.Globalization;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Signals;
using EcgIntegration.Worker.Intake;
using EcgIntegration.Worker.Suggestions.Resources;
using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Review;

/// <summary>One ECG as paper shows it, beside what the model suggests.</summary>
/// <param name="Entry">The study's newest event.</param>
/// <param name="Recording">Its signal; <see langword="null"/> where it cannot be read.</param>
/// <param name="Envelope">Whose it is and when it was recorded; <see langword="null"/> where that cannot be read.</param>
/// <param name="Now">The time of the view.</param>
internal sealed record StudyPage(LedgerEntry Entry, EcgRecording? Recording, EcgEnvelope? Envelope, DateTimeOffset Now)
{
    public Markup Render() => Html.Of($"""
        <header>
        <h1>心電図<span class="en" lang="en">12-lead ECG</span></h1>
        <p class="facts"><a href="/">← 一覧</a>　患者 <b>{Patient()}</b>　記録 <b>{ReviewTexts.Recorded(Recorded())}</b>　受信 <b>{ReviewTexts.Time(Entry.ReceivedAt, Now)}</b>　{EntryTable.UrgencyChip(Entry.Urgency)}　{EntryTable.Status(Entry.Status)}</p>
        </header>
        {PageShell.Notice}
        <main>
        {Validity()}
        <h2>AIの示唆<span class="en" lang="en">suggestions</span></h2>
        {Suggestions()}
        {Reasons()}
        <h2>波形<span class="en" lang="en">tracing</span></h2>
        {Tracing()}
        <h2>記録<span class="en" lang="en">records</span></h2>
        <p class="links">{EntryTable.Links(Entry, withStudy: false)}</p>
        <dl><dt>検査ID</dt><dd>{Entry.StudyId?.ToString()}</dd><dt>モデル SHA-256</dt><dd>{Entry.ModelSha256}</dd></dl>
        </main>
        """);

    /// <summary>Reference and identifier; the envelope has no name.</summary>
    private string Patient()
    {
        var identifier = Envelope?.Subject.Identifier is { Value: { } value } known ? $"ID {value}（{known.System ?? "体系不明"}）" : null;
        return string.Join("、", new[] { Envelope?.Subject.Reference, identifier }.OfType<string>().DefaultIfEmpty("不明"));
    }

    private string? Recorded() => Envelope?.Effective switch
    {
        FhirDateTime at => at.Value,
        Instant at => at.Value?.ToString("O", CultureInfo.InvariantCulture),
        Period period => period.Start,
        _ => null,
    };

    /// <summary>A result that no longer holds must say so before anything else is read.</summary>
    private Markup Validity() => Entry switch
    {
        { WithdrawnAt: not null } => Html.Of($"<p class=\"void\" role=\"alert\">この心電図は誤登録として取り消されました。結果は無効です。<span class=\"en\" lang=\"en\">Entered in error: the result does not hold.</span></p>"),
        { SupersededBy: { } next } => Html.Of($"<p class=\"void\" role=\"alert\">この結果は新しい結果に置き換えられました。<a href=\"/studies/{next.ToString()}\">現在の結果を見る</a><span class=\"en\" lang=\"en\">Superseded by a newer result.</span></p>"),
        _ => Markup.None,
    };

    private Markup Suggestions() => Entry.Suggestions.Count == 0
        ? Html.Of($"<div class=\"sheet\"><p class=\"empty\">AIが示唆する所見はありません。医師が波形を判読してください。<span class=\"en\" lang=\"en\">No suggestion; please read the tracing.</span></p></div>")
        : Html.Of($"""
            <div class="sheet"><table>
            <thead><tr><th scope="col">所見</th><th scope="col">確率<span class="en" lang="en">calibrated</span></th><th scope="col">判定閾値</th><th scope="col">コード</th></tr></thead>
            <tbody>{Html.Join(Entry.Suggestions.Select(Row))}</tbody></table></div>
            """);

    private static Markup Row(LedgerSuggestion suggestion) => Html.Of($"""
        <tr><td><span class="finding">{suggestion.Ja}</span><span class="en" lang="en">{suggestion.En}</span></td>
        <td>{FhirTexts.Percent(suggestion.Probability)} {Bar(suggestion)}</td>
        <td>{FhirTexts.Percent(suggestion.Threshold)}</td><td>{suggestion.Code}</td></tr>
        """);

    private static Markup Bar(LedgerSuggestion suggestion) => Html.Of($"""
        <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="6"/><rect class="value" width="{suggestion.Probability * 100:F1}" height="6"/><rect class="mark" x="{suggestion.Threshold * 100:F1}" width="0.8" height="6"/></svg>
        """);

    private Markup Reasons() => Entry.Reasons.Count == 0
        ? Markup.None
        : Html.Of($"""
            <h2>理由<span class="en" lang="en">reasons</span></h2>
            <ul>{Html.Join(Entry.Reasons.Select(reason => Html.Of($"<li>{reason.Ja}<span class=\"en\" lang=\"en\">{reason.En}</span></li>")))}</ul>
            """);

    private Markup Tracing() => Recording is null
        ? Html.Of($"<div class=\"sheet\"><p class=\"empty\">波形を表示できません。<span class=\"en\" lang=\"en\">The signal cannot be drawn.</span></p></div>")
        : Html.Of($"<div class=\"ecg\" role=\"region\" aria-label=\"12誘導心電図\" tabindex=\"0\">{EcgSheet.Draw(Recording)}</div>");
}
