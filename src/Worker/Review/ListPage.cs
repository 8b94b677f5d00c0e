using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Suggestions;

namespace EcgIntegration.Worker.Review;

/// <summary>The page at <c>/</c>: what this is, what is urgent, what came in last.</summary>
/// <param name="Model">The model that runs; <see langword="null"/> where none is loaded.</param>
/// <param name="Scope">What that model can suggest.</param>
/// <param name="Counts">Events of the last 24 hours.</param>
/// <param name="Urgent">Studies to be looked at first; one more than are shown says that there are more.</param>
/// <param name="Recent">The newest events.</param>
/// <param name="Now">The time shown.</param>
/// <param name="RefreshSeconds">After how long the browser asks again; 0 for never.</param>
internal sealed record ListPage(
    ModelInfo? Model,
    SuggestionScope? Scope,
    IReadOnlyList<LedgerCount> Counts,
    IReadOnlyList<LedgerEntry> Urgent,
    IReadOnlyList<LedgerEntry> Recent,
    DateTimeOffset Now,
    int RefreshSeconds)
{
    /// <summary>Most studies shown as urgent.</summary>
    public const int UrgentEntries = 20;

    private const int ShownHashDigits = 12;

    public Markup Render() => Html.Of($"""
        <header>
        <h1>心電図AIトリアージ<span class="en" lang="en">ECG triage</span></h1>
        <p class="facts">{ModelFacts()}</p>
        </header>
        {PageShell.Notice}
        <main>
        <h2>直近24時間<span class="en" lang="en">last 24 hours</span></h2>
        <ul class="tiles">{Tiles()}</ul>
        {Beyond()}
        <h2>先に見る心電図<span class="en" lang="en">look at these first</span></h2>
        {EntryTable.Of("先に見る心電図", [.. Urgent.Take(UrgentEntries)], Now)}
        {MoreUrgent()}
        <h2>最近の受信<span class="en" lang="en">latest</span></h2>
        {EntryTable.Of("最近の受信", Recent, Now)}
        {Suggestible()}
        <p class="facts">{Now.ToOffset(ReviewTexts.JapanOffset):yyyy-MM-dd HH:mm:ss} 現在（日本時間）。{Refresh()}</p>
        </main>
        """);

    private Markup ModelFacts() => Model is null
        ? Html.Of($"モデル未読込<span class=\"en\" lang=\"en\">no model loaded</span>")
        : Html.Of($"モデル <b>{Model.Name} {Model.Version}</b>（{Model.Sha256[..Math.Min(ShownHashDigits, Model.Sha256.Length)]}）　実行装置 <b>{Model.Device.ToUpperInvariant()}</b>");

    // Beside the tiles: a critical count of 0 would otherwise be read as "none there".
    private Markup Beyond() => Scope is not { CriticalBeyond.Count: > 0 } scope
        ? Markup.None
        : Html.Of($"""
            <p><strong>このモデルは次の最緊急所見を示唆できません。示唆がなくても否定はできません。</strong>{string.Join("、", scope.CriticalBeyond.Select(label => label.Ja))}
            <span class="en" lang="en">This model cannot suggest these critical findings; that none is suggested excludes nothing: {string.Join(", ", scope.CriticalBeyond.Select(label => label.En))}.</span></p>
            """);

    private Markup Suggestible() => Scope is null
        ? Markup.None
        : Html.Of($"""
            <h2>示唆できる所見<span class="en" lang="en">what the model can suggest</span></h2>
            <p>全{Scope.Labels}項目のうち{Scope.Suggestible.Count}項目です。ほかの所見は示唆されません。<span class="en" lang="en">{Scope.Suggestible.Count} of {Scope.Labels} labels; no other finding is ever suggested.</span></p>
            <p class="facts">{string.Join("、", Scope.Suggestible.Select(label => label.Ja))}</p>
            """);

    private Markup MoreUrgent() => Urgent.Count <= UrgentEntries
        ? Markup.None
        : Html.Of($"<p><strong>ほかにも最緊急・緊急の心電図があります。</strong><span class=\"en\" lang=\"en\">There are more than {UrgentEntries} urgent ECGs.</span></p>");

    private Markup Refresh() => RefreshSeconds > 0
        ? Html.Of($"{RefreshSeconds}秒ごとに自動更新します。<a href=\"/?refresh=off\">自動更新を止める</a>")
        : Html.Of($"自動更新は停止中です。<a href=\"/\">自動更新を再開する</a>");

    private Markup Tiles() => Html.Join(
    [
        UrgencyTile(Urgency.Critical),
        UrgencyTile(Urgency.Urgent),
        UrgencyTile(Urgency.Review),
        UrgencyTile(Urgency.Routine),
        StatusTile("判定保留", "undecided", StudyStatus.Uncertain, StudyStatus.Unanalysable),
        StatusTile("解析中", "in progress", StudyStatus.Received),
        StatusTile("受付不可・失敗", "rejected or failed", StudyStatus.Rejected, StudyStatus.Failed),
    ]);

    private Markup UrgencyTile(Urgency urgency)
    {
        var (ja, en) = UrgencyWords.Of(urgency);
        return Tile(WireName.Of(urgency), ja, en, Counts.Where(count => count.Urgency == urgency).Sum(count => count.Count));
    }

    private Markup StatusTile(string ja, string en, params StudyStatus[] statuses) =>
        Tile("quiet", ja, en, Counts.Where(count => statuses.Contains(count.Status)).Sum(count => count.Count));

    private static Markup Tile(string tone, string ja, string en, long count) => Html.Of(
        $"<li class=\"{tone}{(count == 0 ? " zero" : "")}\"><b>{count}</b><span>{ja}<span class=\"en\" lang=\"en\">{en}</span></span></li>");
}
