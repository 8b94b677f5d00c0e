using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Review;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Review;
using EcgIntegration.Worker.Tests.Support;

namespace EcgIntegration.Worker.Tests.Review;

public sealed partial class ReviewPageTests(PostgresFixture postgres, WorkerSite site) : IClassFixture<WorkerSite>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_list_tells_what_came_in_without_telling_whose_it_is()
    {
        var entry = await site.StoreStudyAsync("Patient/CANARY-1", "2026-01-01");
        await site.Ledger.RejectAsync(
            new RejectedEvent(Guid.NewGuid(), "CANARY-cart", null, EventPriority.Stat, TimeProvider.System.GetUtcNow(), [WorkerSite.Reason], new byte[3]), Stop);
        var page = await site.Http.GetStringAsync("/", Stop);

        Assert.Contains("<html lang=\"ja\">", page, StringComparison.Ordinal);
        Assert.Contains("未承認・研究用", page, StringComparison.Ordinal);
        Assert.Contains("心房細動", page, StringComparison.Ordinal);
        Assert.Contains("97%（閾値41%）", page, StringComparison.Ordinal);
        Assert.Contains("記録 2026/01/01", page, StringComparison.Ordinal);
        Assert.Contains("緊急", page, StringComparison.Ordinal);
        Assert.Contains(WorkerSite.Reason.Ja, page, StringComparison.Ordinal);
        Assert.Contains($"href=\"/fhir/{entry.Report}\"", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"/studies/{entry.StudyId}\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", page, StringComparison.Ordinal);
        Assert.Contains("http-equiv=\"refresh\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http-equiv=\"refresh\"", await site.Http.GetStringAsync("/?refresh=off", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_urgent_study_can_be_reached_the_stat_one_first_however_often_others_are_sent_again()
    {
        await using var alone = new WorkerSite(postgres);
        await alone.InitializeAsync();
        var stored = new List<LedgerEntry>();
        for (var i = 0; i < ListPage.UrgentEntries + 3; i++)
        {
            stored.Add(await alone.StoreStudyAsync($"Patient/{i}", "2026-01-01", priority: i == 1 ? EventPriority.Stat : EventPriority.Routine));
        }

        var first = await alone.Http.GetStringAsync("/", Stop);
        var shown = StudyLink().Matches(Urgent(first)).Select(match => Guid.Parse(match.Groups[1].ValueSpan)).ToList();
        var expected = stored.OrderByDescending(entry => entry.Priority).ThenBy(entry => entry.ReceivedAt).Select(entry => entry.StudyId!.Value).ToList();
        Assert.Equal(expected.Take(ListPage.UrgentEntries), shown);
        var next = NextLink().Match(first).Groups[1].Value;
        var second = await alone.Http.GetStringAsync(next.Replace("&amp;", "&", StringComparison.Ordinal), Stop);
        Assert.Equal(
            expected.Skip(ListPage.UrgentEntries), StudyLink().Matches(Urgent(second)).Select(match => Guid.Parse(match.Groups[1].ValueSpan)));
        Assert.DoesNotMatch(NextLink(), second);
        Assert.Contains($"<b>{stored.Count}</b><span>緊急", first, StringComparison.Ordinal);
        Assert.Equal(Urgent(first), Urgent(await alone.Http.GetStringAsync("/?after=nonsense", Stop)));

        static string Urgent(string page) => page[page.IndexOf("先に見る心電図", StringComparison.Ordinal)..page.IndexOf("最近の受信", StringComparison.Ordinal)];
    }

    [Theory]
    [InlineData(null, "不明")]
    [InlineData("2026", "2026")]
    [InlineData("2026-03-31", "2026/03/31")]
    [InlineData("2026-03-31T23:30:00Z", "2026/04/01 08:30")]
    [InlineData("2026-03-31T10:00:00.123+09:00", "2026/03/31 10:00")]
    public void A_recording_time_is_shown_as_exactly_as_it_is_known(string? dateTime, string expected) =>
        Assert.Equal(expected, ReviewTexts.Recorded(dateTime));

    [Fact]
    public void What_a_tile_has_of_undecided_ecgs_is_said_in_it_and_no_study_is_in_two()
    {
        StudyCount[] counts =
        [
            new(StudyStatus.Classified, Urgency.Urgent, 4), new(StudyStatus.Uncertain, Urgency.Urgent, 2), new(StudyStatus.Unanalysable, Urgency.Review, 1),
            new(StudyStatus.Received, null, 5), new(StudyStatus.Rejected, null, 3),
        ];
        var page = new ListPage(null, null, counts, [], [], default, new ListView()).Render().Text;

        Assert.Contains("<b>6</b><span>緊急<span class=\"en\" lang=\"en\">urgent</span></span><span>うち判定保留 2", page, StringComparison.Ordinal);
        Assert.Equal(15, TileCount().Matches(page).Sum(match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task The_page_needs_nothing_from_elsewhere_and_its_policy_allows_only_its_own_style()
    {
        using var response = await site.Http.GetAsync("/", Stop);
        var page = await response.Content.ReadAsStringAsync(Stop);
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        var style = StyleElement().Match(page).Groups[1].Value;
        Assert.NotEmpty(style);
        Assert.Contains($"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)))}'", policy, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(" style=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("://", page.Replace("http://www.w3.org/", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task A_study_shows_twelve_leads_and_leaves_an_audit_record()
    {
        var entry = await site.StoreStudyAsync("Patient/CANARY-2", "2026-01-01", observation: TwelveLeads("Patient/CANARY-2"));
        var page = await site.Http.GetStringAsync($"/studies/{entry.StudyId}", Stop);
        Assert.Equal(13, LeadLabel().Count(page));
        Assert.Contains(">aVR<", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.Contains("患者 <b>Patient/CANARY-2、ID 0123（urn:hospital）</b>", page, StringComparison.Ordinal);
        Assert.Contains("記録 <b>2026/01/01 19:30</b>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("見本", page, StringComparison.Ordinal);
        Assert.Contains($"anonymous@loopback view {entry.Observation}/_history/1 Patient/CANARY-2 1", await site.AuditTrailAsync());
    }

    [Fact]
    public void A_tall_chest_lead_gets_room_above_the_sheet_and_a_short_recording_is_drawn_as_far_as_it_goes()
    {
        const int rate = 100;
        var samples = new float[Signals.EcgRecording.LeadCount * 3 * rate];
        Assert.Contains("viewBox=\"0 0 ", EcgSheet.Draw(new Signals.EcgRecording(rate, 3 * rate, samples, new HashSet<Signals.Lead>())).Text, StringComparison.Ordinal);

        samples[100] = 4f;
        var sheet = EcgSheet.Draw(new Signals.EcgRecording(rate, 3 * rate, samples, new HashSet<Signals.Lead> { Signals.Lead.AVF })).Text;
        Assert.Contains("viewBox=\"0 -25 ", sheet, StringComparison.Ordinal);
        Assert.Contains("L40 -20L", sheet, StringComparison.Ordinal);
        Assert.Contains("aVF（計算）", sheet, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_that_cannot_be_drawn_is_said_to_be_so()
    {
        var entry = await site.StoreStudyAsync("Patient/1", "2026-01-01", new StudyCompletion(StudyStatus.Unanalysable, Urgency.Review, [WorkerSite.Reason], [], null, [], null));
        var page = await site.Http.GetStringAsync($"/studies/{entry.StudyId}", Stop);
        Assert.Contains("波形を表示できません", page, StringComparison.Ordinal);
        Assert.Contains(WorkerSite.Reason.Ja, page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/studies/nonsense")]
    [InlineData("/studies/7b0c6b1e-0f5e-4a55-9c0b-3b8d6f1f2a10")]
    [InlineData("/studies/%3Cscript%3E")]
    public async Task An_unknown_study_is_a_page_that_says_so(string path)
    {
        using var response = await site.Http.GetAsync(path, Stop);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        var page = await response.Content.ReadAsStringAsync(Stop);
        Assert.Contains("見つかりません", page, StringComparison.Ordinal);
        Assert.DoesNotContain("script", page, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Values_are_encoded_and_only_markup_is_not()
    {
        const string hostile = "<b title='\"'>&";
        Assert.Equal("<i>&lt;b title=&#x27;&quot;&#x27;&gt;&amp;</i><br>", Html.Of($"<i>{hostile}</i>{Html.Of($"<br>")}").Text);
    }

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex StyleElement();

    [GeneratedRegex("href=\"/studies/([0-9a-f-]+)\"")]
    private static partial Regex StudyLink();

    [GeneratedRegex("href=\"(/[^\"]*after=[^\"]+)\">次の")]
    private static partial Regex NextLink();

    [GeneratedRegex("<li class=\"[^\"]*\"><b>([0-9]+)</b>")]
    private static partial Regex TileCount();

    [GeneratedRegex("class=\"lead\"")]
    private static partial Regex LeadLabel();

    /// <summary>Ten seconds at 100 Hz with a beat a second, one lead a component; V6 has a sample the recorder could not take.</summary>
    private static string TwelveLeads(string patient)
    {
        int[] codes = [131329, 131330, 131389, 131390, 131391, 131392, 131331, 131332, 131333, 131334, 131335, 131336];
        var samples = string.Join(' ', Enumerable.Range(0, 1000).Select(i => i % 100 == 50 ? "900" : i % 7 == 0 ? "3" : "-2"));
        var components = codes.Select(code =>
            $$"""
            {"code": {"coding": [{"system": "urn:oid:2.16.840.1.113883.6.24", "code": "{{code}}"}]},
             "valueSampledData": {"origin": {"value": 0, "unit": "uV", "system": "http://unitsofmeasure.org", "code": "uV"}, "period": 10, "factor": 1, "dimensions": 1,
             "data": "{{(code == 131336 ? samples.Replace("-2 -2 ", "E -2 ", StringComparison.Ordinal) : samples)}}"} }
            """);
        return $$"""
            {"resourceType": "Observation", "status": "final", "code": {"text": "12誘導心電図"}, "effectiveDateTime": "2026-01-01T10:30:00Z",
             "subject": {"reference": "{{patient}}", "display": "見本 金糸雀", "identifier": {"system": "urn:hospital", "value": "0123"} },
             "component": [{{string.Join(',', components)}}]}
            """;
    }
}
