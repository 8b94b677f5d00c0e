using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Review;
using EcgIntegration.TestKit;
using Npgsql;

namespace EcgIntegration.Persistence.Tests.Review;

/// <summary>What lists show depends on all there is: each test has a database of its own.</summary>
public sealed class ReviewListTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly DateTimeOffset Since = Ecgs.At.AddYears(20);

    private readonly MigratedDatabase _database = new(postgres);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IReviewList List => _database.Get<IReviewList>();

    public ValueTask InitializeAsync() => _database.InitializeAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Critical_comes_before_urgent_then_stat_then_the_longest_waiting_and_sending_again_moves_nothing()
    {
        var early = await FinishAsync(Urgency.Urgent, Since);
        var late = await FinishAsync(Urgency.Urgent, Since.AddMinutes(1));
        var stat = await FinishAsync(Urgency.Urgent, Since.AddMinutes(2), EventPriority.Stat);
        var critical = await FinishAsync(Urgency.Critical, Since.AddMinutes(3));
        await FinishAsync(Urgency.Review, Since.AddMinutes(4));
        var again = await _database.Ledger.ReceiveAsync(early with { EventId = Guid.NewGuid(), ReceivedAt = Since.AddMinutes(5) }, Stop);

        var shown = await List.UrgentAsync(Since, 10, null, Stop);
        Assert.Equal([critical.EventId, stat.EventId, again.Entry.EventId, late.EventId], shown.Select(listed => listed.Entry.EventId));
        Assert.Equal(Since, shown[2].WaitingSince);
        Assert.Equal("2026-03-31T10:00:00+09:00", shown[2].Recorded);
        Assert.Equal(3, (await List.UrgentAsync(Since.AddMinutes(2), 10, null, Stop)).Count);
        Assert.Equal(4, (await List.UrgentAsync(null, 10, null, Stop)).Count);
    }

    [Fact]
    public async Task The_list_is_paged_by_key_and_stays_in_step_while_studies_arrive()
    {
        for (var i = 0; i < 7; i++)
        {
            await FinishAsync(i % 3 == 0 ? Urgency.Critical : Urgency.Urgent, Since.AddSeconds(i / 2), i % 2 == 0 ? EventPriority.Stat : EventPriority.Routine);
        }

        var before = (await List.UrgentAsync(Since, 100, null, Stop)).Select(listed => listed.Entry.StudyId).ToList();
        var seen = new List<Guid?>();
        ReviewPlace? after = null;
        while (await List.UrgentAsync(Since, 2, after, Stop) is { Count: > 0 } page)
        {
            seen.AddRange(page.Select(listed => listed.Entry.StudyId));
            after = page[^1].Place;
            if (seen.Count < 5)
            {
                await FinishAsync(Urgency.Critical, Since, EventPriority.Stat);
            }
        }

        Assert.Equal(7, before.Count);
        Assert.Equal(before, seen.Where(before.Contains));
        Assert.Equal(seen.Count, seen.Distinct().Count());
    }

    [Fact]
    public async Task A_study_whose_report_is_signed_is_not_to_be_looked_at_first_any_more()
    {
        var study = await FinishAsync(Urgency.Urgent, Since);
        var listed = Assert.Single(await List.UrgentAsync(Since, 10, null, Stop));
        await using var command = _database.Get<NpgsqlDataSource>().CreateCommand(
            "UPDATE resource SET version = version + 1, status = 'final', content_hash = sha256('signed') WHERE type = 'DiagnosticReport' AND id = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = listed.Entry.Report!["DiagnosticReport/".Length..] });
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Stop));

        Assert.Empty(await List.UrgentAsync(Since, 10, null, Stop));
        Assert.Equal(study.EventId, Assert.Single(await List.RecentAsync(10, Stop)).Entry.EventId);
    }

    [Fact]
    public async Task Counts_are_of_studies_each_once()
    {
        await _database.Ledger.RejectAsync(Ecgs.Rejected(Guid.NewGuid(), [1]) with { ReceivedAt = Since.AddSeconds(-1) }, Stop);
        await _database.Ledger.RejectAsync(Ecgs.Rejected(Guid.NewGuid(), [2]) with { ReceivedAt = Since }, Stop);
        var study = await FinishAsync(Urgency.Urgent, Since);
        for (var i = 0; i < 3; i++)
        {
            await _database.Ledger.ReceiveAsync(study with { EventId = Guid.NewGuid(), ReceivedAt = Since.AddMinutes(i) }, Stop);
        }

        var id = Ecgs.NewId();
        await _database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id), id) with { ReceivedAt = Since }, Stop);
        Assert.Equal(
            [
                new StudyCount(StudyStatus.Classified, Urgency.Urgent, 1), new StudyCount(StudyStatus.Received, null, 1),
                new StudyCount(StudyStatus.Rejected, null, 1),
            ],
            await List.CountAsync(Since, Stop));
    }

    private async Task<NewStudy> FinishAsync(Urgency urgency, DateTimeOffset receivedAt, EventPriority priority = EventPriority.Routine)
    {
        var id = Ecgs.NewId();
        var study = Ecgs.Study(Ecgs.Observation(id), id) with { ReceivedAt = receivedAt, Priority = priority };
        await _database.Ledger.ReceiveAsync(study, Stop);
        await _database.Ledger.CompleteAsync(study.EventId, Ecgs.Completion(Ecgs.NewId()) with { Urgency = urgency, Priority = priority }, Stop);
        return study;
    }
}
