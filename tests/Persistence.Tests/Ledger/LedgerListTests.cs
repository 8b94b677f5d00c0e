using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.TestKit;

namespace EcgIntegration.Persistence.Tests.Ledger;

/// <summary>What lists show depends on all there is: each test has a database of its own.</summary>
public sealed class LedgerListTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly MigratedDatabase _database = new(postgres);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _database.InitializeAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task The_ledger_pages_by_key_and_stays_in_step_while_events_arrive()
    {
        for (var i = 0; i < 7; i++)
        {
            await _database.Ledger.RejectAsync(Ecgs.Rejected(Guid.NewGuid(), [1]) with { ReceivedAt = Ecgs.At.AddYears(1).AddSeconds(i / 2) }, Stop);
        }

        var before = (await _database.Ledger.RecentAsync(1000, null, Stop)).Select(e => e.EventId).ToList();
        var seen = new List<Guid>();
        LedgerCursor? cursor = null;
        while (await _database.Ledger.RecentAsync(2, cursor, Stop) is { Count: > 0 } page)
        {
            seen.AddRange(page.Select(e => e.EventId));
            cursor = page[^1].Cursor;
            await _database.Ledger.RejectAsync(Ecgs.Rejected(Guid.NewGuid(), [1]) with { ReceivedAt = Ecgs.At.AddYears(10) }, Stop);
        }

        Assert.Equal(before, seen);
    }

    [Fact]
    public async Task Counts_are_by_status_and_urgency()
    {
        var since = Ecgs.At.AddYears(50);
        var earlier = await _database.Ledger.RejectAsync(Ecgs.Rejected(Guid.NewGuid(), [1]) with { ReceivedAt = since.AddSeconds(-1) }, Stop);
        await _database.Ledger.RejectAsync(Ecgs.Rejected(Guid.NewGuid(), [1]) with { ReceivedAt = since }, Stop);
        var id = Ecgs.NewId();
        var late = await _database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id), id) with { ReceivedAt = since }, Stop);
        await _database.Ledger.CompleteAsync(late.Entry.EventId, Ecgs.Completion(Ecgs.NewId()), Stop);
        Assert.Equal(
            [new LedgerCount(StudyStatus.Classified, Urgency.Urgent, 1), new LedgerCount(StudyStatus.Rejected, null, 1)],
            await _database.Ledger.CountAsync(since, Stop));
        Assert.Equal(late.Entry.EventId, (await _database.Ledger.FindByStudyAsync(late.StudyId, Stop))!.EventId);
        Assert.Equal(StudyStatus.Rejected, earlier.Status);
    }

    [Fact]
    public async Task What_is_urgent_comes_first_once_a_study_however_much_arrives_after_it()
    {
        var since = Ecgs.At.AddYears(20);
        var critical = await FinishAsync(Urgency.Critical, since);
        var urgent = await FinishAsync(Urgency.Urgent, since.AddMinutes(1));
        var repeated = await _database.Ledger.ReceiveAsync(urgent.Study with { EventId = Guid.NewGuid(), ReceivedAt = since.AddMinutes(2) }, Stop);
        for (var i = 0; i < 5; i++)
        {
            await FinishAsync(Urgency.Review, since.AddMinutes(3 + i));
        }

        var first = await _database.Ledger.UrgentAsync(since, 10, Stop);
        Assert.Equal([critical.Study.EventId, repeated.Entry.EventId], first.Select(entry => entry.EventId));
        Assert.Single(await _database.Ledger.UrgentAsync(since, 1, Stop));

        async Task<(NewStudy Study, LedgerEntry Entry)> FinishAsync(Urgency urgency, DateTimeOffset receivedAt)
        {
            var id = Ecgs.NewId();
            var study = Ecgs.Study(Ecgs.Observation(id), id) with { ReceivedAt = receivedAt };
            await _database.Ledger.ReceiveAsync(study, Stop);
            return (study, await _database.Ledger.CompleteAsync(study.EventId, Ecgs.Completion(Ecgs.NewId()) with { Urgency = urgency }, Stop));
        }
    }
}
