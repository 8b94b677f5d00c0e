using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Replay;

namespace EcgIntegration.Persistence.Tests.Replay;

/// <summary>Each ECG of a replay is handed out to one worker at a time, as fast as allowed, until it has a result.</summary>
public sealed class HandoutTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private static readonly ReplaySide Before = new(StudyStatus.Classified, Urgency.Routine, ["SR"]);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IReplayWork Work => database.Get<IReplayWork>();

    private IReplayJobs Jobs => database.Get<IReplayJobs>();

    [Fact]
    public async Task Workers_that_ask_at_once_never_get_the_same_ecg_and_never_more_than_allowed()
    {
        var job = await database.SubmitAsync(await database.ClassifiedAsync(12));

        var handed = new List<ReplayTicket>();
        for (var round = 0; round < 3; round++)
        {
            var shares = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => database.HandOutAsync(job.Id, Replays.Limits(inFlight: 10))));
            handed.AddRange(shares.SelectMany(share => share));
        }

        Assert.Equal([1, 2, 3, 4, 5], handed.Select(ticket => ticket.Ordinal).Order());
        await CancelAsync(job.Id);
    }

    [Fact]
    public async Task An_ecg_whose_lease_ran_out_is_handed_out_again_and_fails_when_that_has_happened_too_often()
    {
        var job = await database.SubmitAsync(await database.ClassifiedAsync(1));
        var ticket = Assert.Single(await database.HandOutAsync(job.Id));
        Assert.Empty(await database.HandOutAsync(job.Id));

        database.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, (await Work.BeginAsync(ticket, TimeSpan.FromMinutes(2), 3, Stop))!.Attempts);
        database.Time.Advance(TimeSpan.FromSeconds(90));
        Assert.Empty(await database.HandOutAsync(job.Id));
        for (var attempt = 2; attempt <= 3; attempt++)
        {
            database.Time.Advance(TimeSpan.FromMinutes(2));
            Assert.Equal(ticket, Assert.Single(await database.HandOutAsync(job.Id)));
            Assert.Equal(attempt, (await Work.BeginAsync(ticket, TimeSpan.FromMinutes(2), 3, Stop))!.Attempts);
        }

        // Delivered once more, as after a crash: it is not begun.
        Assert.Null(await Work.BeginAsync(ticket, TimeSpan.FromMinutes(2), 3, Stop));
        database.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Empty(await database.HandOutAsync(job.Id));
        var line = Assert.Single(await Jobs.LinesAsync(job.Id, notableOnly: true, 10, after: null, Stop));
        Assert.Equal((ReplayResult.Failed, Ecgs.Reason.Code), (line.Finding!.Result, line.Finding.Reason!.Code));
        await Work.CompleteAsync(Stop);
        Assert.Equal(ReplayState.Completed, (await Jobs.FindAsync(job.Id, Stop))!.State);
    }

    [Fact]
    public async Task Ecgs_that_were_put_off_take_no_room_and_come_again_when_they_are_due()
    {
        var job = await database.SubmitAsync(await database.ClassifiedAsync(6));
        var limits = Replays.Limits(inFlight: 6);
        var first = await database.HandOutAsync(job.Id, limits);
        foreach (var ticket in first)
        {
            await Work.BeginAsync(ticket, TimeSpan.FromMinutes(2), 3, Stop);
            await Work.DeferAsync(ticket, database.Time.GetUtcNow().AddMinutes(5), takesBack: false, Stop);
        }

        var rest = await database.HandOutAsync(job.Id, limits);
        Assert.Equal([4, 5, 6], rest.Select(ticket => ticket.Ordinal));
        foreach (var ticket in rest)
        {
            await Work.FinishAsync(ticket, new(ReplayResult.Unchanged, Before, Before), Stop);
        }

        Assert.Empty(await database.HandOutAsync(job.Id, limits));
        database.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(first, await database.HandOutAsync(job.Id, limits));
        Assert.Equal(2, (await Work.BeginAsync(first[0], TimeSpan.FromMinutes(2), 3, Stop))!.Attempts);
        await CancelAsync(job.Id);
    }

    [Fact]
    public async Task A_rate_is_kept_over_time_and_over_workers()
    {
        var job = await database.SubmitAsync(await database.ClassifiedAsync(10), perMinute: 60);

        Assert.Single(await database.HandOutAsync(job.Id));
        Assert.Empty(await database.HandOutAsync(job.Id));
        var handed = 0;
        for (var step = 0; step < 20; step++)
        {
            database.Time.Advance(TimeSpan.FromMilliseconds(250));
            handed += (await database.HandOutAsync(job.Id)).Count;
        }

        Assert.Equal(5, handed);

        // After a pause it does not catch up with a rush.
        database.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, (await database.HandOutAsync(job.Id)).Count);
        await CancelAsync(job.Id);
    }

    [Fact]
    public async Task A_small_replay_is_handed_out_at_once_beside_a_large_one_that_then_gives_way()
    {
        var limits = Replays.Limits(inFlight: 8);
        var large = await database.SubmitAsync(await database.ClassifiedAsync(12));
        Assert.Equal(4, (await database.HandOutAsync(large.Id, limits)).Count);
        Assert.Empty(await database.HandOutAsync(large.Id, limits));

        var small = await database.SubmitAsync(await database.ClassifiedAsync(1));
        Assert.Single(await database.HandOutAsync(small.Id, limits));
        var third = await database.SubmitAsync(await database.ClassifiedAsync(9));
        var shares = await Work.HandOutAsync(limits, Stop);
        Assert.Equal((0, 3), (shares.Count(ticket => ticket.JobId == large.Id), shares.Count(ticket => ticket.JobId == third.Id)));

        // The small one is done: the two that are left have half each.
        await Work.FinishAsync(new(small.Id, 1), new(ReplayResult.Unchanged, Before, Before), Stop);
        Assert.Equal([third.Id], (await Work.HandOutAsync(limits, Stop)).Select(ticket => ticket.JobId));
        await CancelAsync(small.Id);
        await CancelAsync(large.Id);
        await CancelAsync(third.Id);
    }

    [Fact]
    public async Task What_a_cancelled_or_paused_replay_has_queued_takes_no_room_from_the_next()
    {
        var limits = Replays.Limits(inFlight: 2);
        foreach (var state in new[] { ReplayState.Cancelled, ReplayState.Paused })
        {
            var wrong = await database.SubmitAsync(await database.ClassifiedAsync(2));
            Assert.Single(await database.HandOutAsync(wrong.Id, limits));
            var second = await database.SubmitAsync(await database.ClassifiedAsync(2));
            Assert.Single(await database.HandOutAsync(second.Id, limits));
            var next = await database.SubmitAsync(await database.ClassifiedAsync(1));
            Assert.Empty(await database.HandOutAsync(next.Id, limits));

            await Jobs.ChangeAsync(wrong.Id, state, "tests", Stop);
            await Jobs.ChangeAsync(second.Id, state, "tests", Stop);
            Assert.Single(await database.HandOutAsync(next.Id, limits));
            await CancelAsync(wrong.Id);
            await CancelAsync(second.Id);
            await CancelAsync(next.Id);
        }
    }

    [Fact]
    public async Task The_first_result_of_an_ecg_stands_and_the_replay_is_complete_with_the_last_one()
    {
        var job = await database.SubmitAsync(await database.ClassifiedAsync(4));
        var tickets = await database.HandOutAsync(job.Id);
        Assert.Equal(Replays.Model, (await Work.BeginAsync(tickets[0], TimeSpan.FromMinutes(1), 3, Stop))!.ModelSha256);
        var urgent = new ReplayFinding(ReplayResult.Changed, Before, Before with { Urgency = Urgency.Critical, Codes = ["STEMI"] }, Guid.NewGuid(), Written: true);
        var calmed = new ReplayFinding(ReplayResult.Changed, Before with { Urgency = Urgency.Urgent }, Before);

        await Work.FinishAsync(tickets[0], new(ReplayResult.Unchanged, Before, Before), Stop);
        await Work.FinishAsync(tickets[0], urgent, Stop);
        await Work.FinishAsync(tickets[1], calmed, Stop);
        await Work.FinishAsync(tickets[2], new(ReplayResult.NotReplayable, Reason: Ecgs.Reason), Stop);
        await Work.CompleteAsync(Stop);
        Assert.Equal(ReplayState.Running, (await Jobs.FindAsync(job.Id, Stop))!.State);
        await Work.FinishAsync(tickets[3], urgent, Stop);
        await Work.CompleteAsync(Stop);

        var done = (await Jobs.FindAsync(job.Id, Stop))!;
        Assert.Equal(ReplayState.Completed, done.State);
        Assert.Equal(new ReplayCounts(4, 0, 0, 1, 2, 0, 1, 1, 1, 1), done.Counts);
        Assert.Equal([4, 2, 3], (await Jobs.LinesAsync(job.Id, notableOnly: true, 10, after: null, Stop)).Select(line => line.Ordinal));
        Assert.Equal([4, 2, 3, 1], (await Jobs.LinesAsync(job.Id, notableOnly: false, 10, after: null, Stop)).Select(line => line.Ordinal));

        Assert.Contains(job.Id, (await Work.UnpublishedAsync(Stop)).Select(j => j.Id));
        await Work.MarkPublishedAsync(job.Id, Stop);
        Assert.DoesNotContain(job.Id, (await Work.UnpublishedAsync(Stop)).Select(j => j.Id));
    }

    [Fact]
    public async Task A_cancelled_replay_is_told_of_once_nothing_of_it_is_in_work()
    {
        var job = await database.SubmitAsync(await database.ClassifiedAsync(3));
        var tickets = await database.HandOutAsync(job.Id);
        await Work.BeginAsync(tickets[0], TimeSpan.FromMinutes(2), 3, Stop);
        await Work.BeginAsync(tickets[1], TimeSpan.FromMinutes(2), 3, Stop);

        var cancelled = (await CancelAsync(job.Id))!;
        Assert.Equal((1, 2), (cancelled.Counts.Waiting, cancelled.Counts.Queued));
        Assert.DoesNotContain(job.Id, (await Work.UnpublishedAsync(Stop)).Select(j => j.Id));
        await Work.FinishAsync(tickets[0], new(ReplayResult.Unchanged, Before, Before), Stop);
        Assert.DoesNotContain(job.Id, (await Work.UnpublishedAsync(Stop)).Select(j => j.Id));

        // The worker that had the other one is gone.
        database.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Empty(await Work.LeftoversAsync(Stop));
        var told = Assert.Single(await Work.UnpublishedAsync(Stop), j => j.Id == job.Id);
        Assert.Equal((2, 0, 1), (told.Counts.Waiting, told.Counts.Queued, told.Counts.Unchanged));
        await Work.MarkPublishedAsync(job.Id, Stop);
    }

    [Fact]
    public async Task What_the_ledger_has_of_a_cancelled_replay_belongs_to_it_however_late_it_ends()
    {
        var job = await database.SubmitAsync(await database.ClassifiedAsync(1));
        var ticket = Assert.Single(await database.HandOutAsync(job.Id));
        var item = (await Work.BeginAsync(ticket, TimeSpan.FromMinutes(2), 3, Stop))!;
        await Work.NoteBeforeAsync(ticket, Before, Stop);
        var recorded = await database.Ledger.ReceiveAsync(
            Ecgs.Study(Ecgs.Observation(Ecgs.NewId()), Ecgs.NewId(), "replay", eventId: item.EventId), Stop);
        await Work.DeferAsync(ticket, database.Time.GetUtcNow().AddSeconds(5), takesBack: true, Stop);
        await CancelAsync(job.Id);

        Assert.Empty(await Work.LeftoversAsync(Stop));
        Assert.DoesNotContain(job.Id, (await Work.UnpublishedAsync(Stop)).Select(j => j.Id));
        await database.Ledger.CompleteAsync(recorded.Entry.EventId, Ecgs.Completion(Ecgs.NewId()), Stop);
        Assert.Equal(new ReplayLeftover(ticket, item.EventId, Before) with { Before = null! }, Assert.Single(await Work.LeftoversAsync(Stop)) with { Before = null! });

        await Work.FinishAsync(ticket, new(ReplayResult.Changed, Before, Before, recorded.StudyId, Written: true), Stop);
        Assert.Equal(1, Assert.Single(await Work.UnpublishedAsync(Stop), j => j.Id == job.Id).Counts.Written);
        await Work.MarkPublishedAsync(job.Id, Stop);
    }

    [Fact]
    public async Task A_refused_wish_is_kept_until_it_is_answered()
    {
        var refusal = new ReplayRefusal(Guid.NewGuid(), "k", [Ecgs.Reason], database.Time.GetUtcNow());
        await Work.RefuseAsync(refusal, Stop);
        await Work.RefuseAsync(refusal with { Key = "another" }, Stop);

        var kept = Assert.Single(await Work.UnansweredAsync(Stop));
        Assert.Equal((refusal.EventId, "k", Ecgs.Reason), (kept.EventId, kept.Key, Assert.Single(kept.Reasons)));
        await Work.MarkAnsweredAsync(refusal.EventId, Stop);
        Assert.Empty(await Work.UnansweredAsync(Stop));
    }

    private Task<ReplayJob?> CancelAsync(Guid job) => Jobs.ChangeAsync(job, ReplayState.Cancelled, "tests", Stop);
}
