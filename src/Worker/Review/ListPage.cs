using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Review;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Suggestions;

namespace EcgIntegration.Worker.Review;

/// <summary>The page at <c>/</c>: what this is, what is urgent, what came in last.</summary>
/// <param name="Model">The model that runs; <see langword="null"/> where none is loaded.</param>
/// <param name="Scope">What that model can suggest.</param>
/// <param name="Counts">Studies of the last 24 hours.</param>
/// <param name="Urgent">Studies to be looked at first; one more than are shown says that there are more.</param>
/// <param name="Recent">The newest events.</param>
/// <param name="Now">The time shown.</param>
/// <param name="View">What of it is asked for.</param>
internal sealed record ListPage(
    ModelInfo? Model,
    SuggestionScope? Scope,
    IReadOnlyList<StudyCount> Counts,
    IReadOnlyList<ReviewEntry> Urgent,
    IReadOnlyList<ReviewEntry> Recent,
    DateTimeOffset Now,
    ListView View)
{
    /// <summary>Most studies shown as urgent.</summary>
    public const int UrgentEntries = 20;

    /// <summary>After how many seconds the browser asks again.</summary>
    public const int RefreshSeconds = 15;

    private const int ShownHashDigits = 12;

    public Markup Render() => Html.Of($"""
        <header>
        <h1>心電図AIトリアージ<span class="en" lang="en">ECG triage</span></h1>
        <p class="facts">{ModelFacts()}</p>
        </header>
        {PageShell.Notice}
        <main>
        <h2>直近24時間の検査数<span class="en" lang="en">studies of the last 24 hours</span></h2>
        <ul class="tiles">{Tiles()}</ul>
        {Beyond()}
        <h2>先に見る心電図<span class="en" lang="en">look at these first</span></h2>
        <p class="facts">{Order()}</p>
        {EntryTable.Of("先に見る心電図", [.. Urgent.Take(UrgentEntries)], Now, withWaiting: true)}
        <p class="pages">{Pages()}</p>
        <h2>最近の受信<span class="en" lang="en">latest</span></h2>
        {EntryTable.Of("最近の受信", Recent, Now, withWaiting: false)}
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

    private Markup Order() => Html.Of($"""
        最緊急、緊急の順。その中では至急依頼を先に、最初の受信から長く待っているものから。{(View.AllTime ? "全期間" : "直近24時間")}、医師が確定した報告書のないもの。
        <span class="en" lang="en">Critical before urgent, then stat, then the longest waiting since first receipt; without a signed report.</span>
        """);

    private Markup Pages() => Html.Join(
    [
        View.After is null ? Markup.None : Link(View with { After = null }, "← 先頭に戻る", "first page"),
        Urgent.Count <= UrgentEntries
            ? Markup.None
            : Html.Of($"<strong>ほかにもあります。</strong>{Link(View with { After = Urgent[UrgentEntries - 1].Place }, $"次の{UrgentEntries}件 →", "there are more: next page")}"),
        Link(
            View with { AllTime = !View.AllTime, After = null },
            View.AllTime ? "直近24時間だけを表示" : "24時間より前のものも表示",
            View.AllTime ? "last 24 hours only" : "older ones too"),
    ]);

    private Markup Refresh() => View.Refresh
        ? Html.Of($"{RefreshSeconds}秒ごとに自動更新します。<a href=\"{(View with { Refresh = false }).Href()}\">自動更新を止める</a>")
        : Html.Of($"自動更新は停止中です。<a href=\"{(View with { Refresh = true }).Href()}\">自動更新を再開する</a>");

    private static Markup Link(ListView view, string ja, string en) =>
        Html.Of($"<a href=\"{view.Href()}\">{ja}<span class=\"en\" lang=\"en\">{en}</span></a>");

    /// <summary>Each study is in one tile; what a tile has of undecided ones is said in it.</summary>
    private Markup Tiles() => Html.Join(
    [
        UrgencyTile(Urgency.Critical),
        UrgencyTile(Urgency.Urgent),
        UrgencyTile(Urgency.Review),
        UrgencyTile(Urgency.Routine),
        StatusTile("解析中", "in progress", StudyStatus.Received),
        StatusTile("受付不可・失敗", "rejected or failed", StudyStatus.Rejected, StudyStatus.Failed),
    ]);

    private Markup UrgencyTile(Urgency urgency)
    {
        var (ja, en) = UrgencyWords.Of(urgency);
        var undecided = Sum(count => count.Urgency == urgency && count.Status is StudyStatus.Uncertain or StudyStatus.Unanalysable);
        return Tile(WireName.Of(urgency), ja, en, Sum(count => count.Urgency == urgency), undecided);
    }

    private Markup StatusTile(string ja, string en, params StudyStatus[] statuses) =>
        Tile("quiet", ja, en, Sum(count => count.Urgency is null && statuses.Contains(count.Status)), undecided: 0);

    private long Sum(Func<StudyCount, bool> which) => Counts.Where(which).Sum(count => count.Count);

    private static Markup Tile(string tone, string ja, string en, long count, long undecided)
    {
        var part = undecided == 0
            ? Markup.None
            : Html.Of($"<span>うち判定保留 {undecided}<span class=\"en\" lang=\"en\">of these undecided</span></span>");
        return Html.Of($"<li class=\"{tone}{(count == 0 ? " zero" : "")}\"><b>{count}</b><span>{ja}<span class=\"en\" lang=\"en\">{en}</span></span>{part}</li>");
    }
}
