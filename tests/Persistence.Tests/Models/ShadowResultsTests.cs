using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Models;
using EcgIntegration.TestKit;
using Npgsql;

namespace EcgIntegration.Persistence.Tests.Models;

public sealed class ShadowResultsTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly string Shadow = Ecgs.Hash("shadow");

    private readonly MigratedDatabase _database = new(postgres);

    private IShadowResults Results => _database.Get<IShadowResults>();

    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _database.InitializeAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task What_finished_since_and_has_no_result_is_unread()
    {
        await StudyAsync("before");
        _database.Time.Advance(TimeSpan.FromMinutes(1));
        var since = _database.Time.GetUtcNow();
        var first = await StudyAsync("first");
        _database.Time.Advance(TimeSpan.FromSeconds(1));
        var second = await StudyAsync("second");
        await StudyAsync("its own", model: "shadow");
        await _database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation("under-way"), "under-way"), TestEnd);
        _database.Time.Advance(TimeSpan.FromSeconds(1));
        var third = await StudyAsync("third");

        Assert.Equal([first, second, third], await UnreadAsync(since));
        Assert.Equal([first, second], await UnreadAsync(since, limit: 2));

        await KeepAsync(first, StudyStatus.Classified, Urgency.Urgent, "AFIB");
        await KeepAsync(third, StudyStatus.Failed, null);
        Assert.Equal([second], await UnreadAsync(since));
        Assert.Equal(1, await Results.CountUnreadAsync(Shadow, since, TestEnd));
        Assert.Equal(4, await Results.CountUnreadAsync(Ecgs.Hash("another"), since, TestEnd));
    }

    [Fact]
    public async Task The_first_result_of_a_model_stands()
    {
        var study = await StudyAsync("ecg");
        await KeepAsync(study, StudyStatus.Classified, Urgency.Critical, "STEMI");
        await KeepAsync(study, StudyStatus.Uncertain, Urgency.Review);

        var kept = Assert.Single(await Results.DisagreementsAsync(Shadow, null, 10, TestEnd)).Shadow;
        Assert.Equal((StudyStatus.Classified, Urgency.Critical), (kept.Status, kept.Urgency));
        var e = await Assert.ThrowsAsync<PostgresException>(() => _database.ExecuteAsync("UPDATE shadow_result SET status = 'failed'"));
        Assert.Equal(PostgresErrorCodes.RestrictViolation, e.SqlState);
    }

    [Fact]
    public async Task A_comparison_names_first_what_would_stop_being_urgent_and_then_what_would_become_so()
    {
        var same = await StudyAsync("same");
        var other = await StudyAsync("other");
        var stops = await StudyAsync("stops");
        var becomes = await StudyAsync("becomes", Urgency.Review);
        var failed = await StudyAsync("failed", Urgency.Review);
        var elsewhere = await StudyAsync("elsewhere", Urgency.Review);
        await KeepAsync(same, StudyStatus.Classified, Urgency.Urgent, "AFIB");
        await KeepAsync(other, StudyStatus.Classified, Urgency.Urgent, "AFIB", "LVH");
        await KeepAsync(stops, StudyStatus.Uncertain, Urgency.Review);
        await KeepAsync(becomes, StudyStatus.Classified, Urgency.Critical, "AFIB");
        await KeepAsync(failed, StudyStatus.Failed, null);
        await Results.KeepAsync(Result(elsewhere, StudyStatus.Uncertain, Urgency.Urgent) with { ModelSha256 = Ecgs.Hash("another") }, TestEnd);

        Assert.Equal(new ShadowSummary(5, 1, 1, 1, 2, 3, 3, 1), await Results.SummariseAsync(Shadow, null, TestEnd));
        var rows = await Results.DisagreementsAsync(Shadow, null, 10, TestEnd);
        Assert.Equal([stops, becomes], rows.Take(2).Select(row => row.StudyId));
        Assert.Equal(new[] { other, failed }.Order(), rows.Skip(2).Select(row => row.StudyId).Order());
        Assert.Equal([UrgencyEffect.StopsBeingUrgent, UrgencyEffect.BecomesUrgent, UrgencyEffect.None, UrgencyEffect.None], rows.Select(row => row.Effect));
        Assert.Equal((StudyStatus.Classified, Urgency.Urgent), (rows[0].Active.Status, rows[0].Active.Urgency));
        Assert.Equal(["AFIB"], rows[0].Active.Suggestions);
        Assert.Empty(rows[0].Shadow.Suggestions);
        Assert.Equal(["AFIB", "LVH"], rows.Single(row => row.StudyId == other).Shadow.Suggestions);
        Assert.Equal("Observation/stops", rows[0].Observation);
        Assert.Equal(stops, Assert.Single(await Results.DisagreementsAsync(Shadow, null, 1, TestEnd)).StudyId);
    }

    [Fact]
    public async Task A_comparison_can_begin_at_a_moment_and_leaves_withdrawn_ecgs_out()
    {
        await KeepAsync(await StudyAsync("early"), StudyStatus.Uncertain, Urgency.Review);
        _database.Time.Advance(TimeSpan.FromMinutes(5));
        var late = await StudyAsync("late");
        var withdrawn = await StudyAsync("withdrawn");
        await KeepAsync(late, StudyStatus.Uncertain, Urgency.Review);
        await KeepAsync(withdrawn, StudyStatus.Uncertain, Urgency.Review);
        await _database.ExecuteAsync("UPDATE study SET withdrawn_at = now() WHERE id = $1", withdrawn);

        Assert.Equal(2, (await Results.SummariseAsync(Shadow, null, TestEnd)).Compared);
        Assert.Equal(1, (await Results.SummariseAsync(Shadow, Ecgs.At.AddMinutes(4), TestEnd)).Compared);
        Assert.Equal([late], (await Results.DisagreementsAsync(Shadow, Ecgs.At.AddMinutes(4), 10, TestEnd)).Select(row => row.StudyId));
    }

    [Fact]
    public async Task What_a_stat_event_raised_after_the_shadow_had_read_it_is_no_disagreement()
    {
        var study = await StudyAsync("raised");
        await KeepAsync(study, StudyStatus.Uncertain, Urgency.Review);
        await _database.ExecuteAsync(
            "UPDATE study SET priority = 'stat', urgency = 'urgent', suggestions = '[]' WHERE id = $1", study);
        await _database.ExecuteAsync("ALTER TABLE study DISABLE TRIGGER keep_outcome");
        await _database.ExecuteAsync("UPDATE study SET status = 'uncertain' WHERE id = $1", study);

        Assert.Equal((1L, 1L), await Results.SummariseAsync(Shadow, null, TestEnd) is var summary ? (summary.Compared, summary.Same) : default);
    }

    [Fact]
    public async Task One_worker_has_the_lead_until_it_gives_it_up()
    {
        var lead = await Results.TryLeadAsync(TestEnd);
        Assert.NotNull(lead);
        Assert.Null(await Results.TryLeadAsync(TestEnd));

        await lead.DisposeAsync();
        await using var next = await Results.TryLeadAsync(TestEnd);
        Assert.NotNull(next);
    }

    private async Task<Guid> StudyAsync(string id, Urgency urgency = Urgency.Urgent, string model = "m1")
    {
        id = id.Replace(' ', '-');
        var received = await _database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id), id, model: model), TestEnd);
        var entry = await _database.Ledger.CompleteAsync(
            received.Entry.EventId, Ecgs.Completion("report-" + id) with { Urgency = urgency, Lineage = id }, TestEnd);
        return entry.StudyId!.Value;
    }

    private async Task<IEnumerable<Guid>> UnreadAsync(DateTimeOffset since, int limit = 10) =>
        (await Results.UnreadAsync(Shadow, since, limit, TestEnd)).Select(study => study.StudyId);

    private Task KeepAsync(Guid study, StudyStatus status, Urgency? urgency, params string[] codes) =>
        Results.KeepAsync(Result(study, status, urgency, codes), TestEnd);

    private static ShadowResult Result(Guid study, StudyStatus status, Urgency? urgency, params string[] codes) => new(
        study, Shadow, status, urgency, [], [.. codes.Select(code => new LedgerSuggestion(code, code, code, 0.9, 0.5))], null);
}
