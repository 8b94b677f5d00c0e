using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using Npgsql;

namespace EcgIntegration.Persistence.Tests.Ledger;

public sealed class OutcomeTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_completion_wins()
    {
        var received = await ReceiveAsync();
        var report = Ecgs.NewId();
        var first = await database.Ledger.CompleteAsync(received.Entry.EventId, Ecgs.Completion(report), Stop);
        var other = Ecgs.NewId();
        var second = await database.Ledger.CompleteAsync(
            received.Entry.EventId, Ecgs.Completion(other) with { Status = StudyStatus.Uncertain, Urgency = Urgency.Critical }, Stop);

        Assert.Equal(StudyStatus.Classified, second.Status);
        Assert.Equal(Urgency.Urgent, second.Urgency);
        Assert.Equal("DiagnosticReport/" + report, second.Report);
        Assert.Equal(first.FinishedAt, second.FinishedAt);
        Assert.NotNull(await database.Store.ReadAsync("DiagnosticReport", report, Stop));
        Assert.Null(await database.Store.ReadAsync("DiagnosticReport", other, Stop));
    }

    [Fact]
    public async Task A_result_that_cannot_be_stored_leaves_no_part_of_the_others()
    {
        var received = await ReceiveAsync();
        var report = Ecgs.NewId();
        var completion = Ecgs.Completion(report);
        var foreign = await ReceiveAsync();
        // An id of the result is held by an Observation somebody sent: that must not be overwritten.
        var conflicting = completion with
        {
            Resources = [.. completion.Resources, new NewResource("Observation", foreign.ObservationId, Ecgs.Utf8("""{"resourceType":"Observation"}"""))],
        };
        await Assert.ThrowsAsync<InvalidOperationException>(() => database.Ledger.CompleteAsync(received.Entry.EventId, conflicting, Stop));

        Assert.Equal(StudyStatus.Received, (await database.Ledger.FindAsync(received.Entry.EventId, Stop))!.Status);
        Assert.Null(await database.Store.ReadAsync("DiagnosticReport", report, Stop));
    }

    [Fact]
    public async Task A_device_is_stored_once_for_all_studies()
    {
        var device = Ecgs.NewId();
        var events = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ReceiveAsync()));
        await Task.WhenAll(events.Select(e => database.Ledger.CompleteAsync(e.Entry.EventId, Ecgs.Completion(Ecgs.NewId(), device: device), Stop)));
        Assert.Equal(1, (await database.Store.ReadAsync("Device", device, Stop))!.Version);
    }

    [Fact]
    public async Task After_a_crash_between_reception_and_completion_the_event_is_leased_once_and_finished()
    {
        var received = await ReceiveAsync();
        Assert.DoesNotContain(await LeaseAsync(), e => e.EventId == received.Entry.EventId);

        database.Time.Advance(TimeSpan.FromMinutes(2));
        var leases = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => LeaseAsync()));
        var leased = Assert.Single(leases.SelectMany(l => l), e => e.EventId == received.Entry.EventId);
        Assert.Equal(2, leased.Attempts);
        Assert.Equal(received.Entry.Observation, leased.Observation);

        var entry = await database.Ledger.CompleteAsync(leased.EventId, Ecgs.Completion(Ecgs.NewId()), Stop);
        Assert.Equal(StudyStatus.Classified, entry.Status);
        database.Time.Advance(TimeSpan.FromHours(1));
        Assert.DoesNotContain(await LeaseAsync(), e => e.EventId == received.Entry.EventId);
    }

    [Fact]
    public async Task Stat_is_leased_before_routine()
    {
        var routine = await ReceiveAsync();
        var stat = await ReceiveAsync(EventPriority.Stat);
        database.Time.Advance(TimeSpan.FromMinutes(2));
        var order = (await LeaseAsync()).Select(e => e.EventId).ToList();
        Assert.True(order.IndexOf(stat.Entry.EventId) < order.IndexOf(routine.Entry.EventId));
    }

    [Fact]
    public async Task A_postponed_event_shows_why_and_is_due_when_it_says()
    {
        var received = await ReceiveAsync();
        var reason = new Reason("later", null, "Later.", "後で。");
        await database.Ledger.PostponeAsync(received.Entry.EventId, reason, database.Time.GetUtcNow().AddHours(5), Stop);
        database.Time.Advance(TimeSpan.FromHours(4));
        Assert.DoesNotContain(await LeaseAsync(), e => e.EventId == received.Entry.EventId);
        Assert.Equal(reason, Assert.Single((await database.Ledger.FindAsync(received.Entry.EventId, Stop))!.Reasons));
        database.Time.Advance(TimeSpan.FromHours(2));
        Assert.Contains(await LeaseAsync(), e => e.EventId == received.Entry.EventId);

        // A final event is not put off any more, and its reasons are those of its result.
        await database.Ledger.CompleteAsync(received.Entry.EventId, Ecgs.Completion(Ecgs.NewId()), Stop);
        await database.Ledger.PostponeAsync(received.Entry.EventId, reason, database.Time.GetUtcNow(), Stop);
        Assert.Empty((await database.Ledger.FindAsync(received.Entry.EventId, Stop))!.Reasons);
    }

    [Fact]
    public async Task A_failed_study_is_opened_again_by_the_next_event_and_the_failed_event_stays_failed()
    {
        var id = Ecgs.NewId();
        var first = await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id), id), Stop);
        var failed = await database.Ledger.FailAsync(first.Entry.EventId, Ecgs.Reason, Stop);
        Assert.Equal(StudyStatus.Failed, failed.Status);
        Assert.Equal(Ecgs.Reason, Assert.Single(failed.ToOutcome().Reasons));
        Assert.Equal("failed", await StudyStatusAsync(first.StudyId));

        // A slow worker's result comes after the end: it is not the outcome.
        Assert.Equal(StudyStatus.Failed, (await database.Ledger.CompleteAsync(first.Entry.EventId, Ecgs.Completion(Ecgs.NewId()), Stop)).Status);

        var second = await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id), id), Stop);
        Assert.Equal((first.StudyId, StudyStatus.Received), (second.StudyId, second.Entry.Status));
        await database.Ledger.CompleteAsync(second.Entry.EventId, Ecgs.Completion(Ecgs.NewId()), Stop);
        var old = await database.Ledger.FindAsync(first.Entry.EventId, Stop);
        Assert.Equal((StudyStatus.Failed, null, null), (old!.Status, old.Urgency, old.Report));
        Assert.Empty(old.Suggestions);
    }

    [Fact]
    public async Task A_study_with_another_event_under_way_does_not_fail()
    {
        var id = Ecgs.NewId();
        var first = await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id), id), Stop);
        var second = await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id), id), Stop);
        await database.Ledger.FailAsync(first.Entry.EventId, Ecgs.Reason, Stop);
        Assert.Equal("received", await StudyStatusAsync(first.StudyId));
        await database.Ledger.CompleteAsync(second.Entry.EventId, Ecgs.Completion(Ecgs.NewId()), Stop);
        Assert.Equal("classified", await StudyStatusAsync(first.StudyId));
    }

    [Fact]
    public async Task A_rejected_event_keeps_its_body_and_its_first_reasons()
    {
        var eventId = Guid.NewGuid();
        byte[] body = [0, 1, 2, 0xFF, .. new byte[5000]];
        var first = await database.Ledger.RejectAsync(Ecgs.Rejected(eventId, body), Stop);
        var again = await database.Ledger.RejectAsync(Ecgs.Rejected(eventId, [1]) with { Reasons = [Ecgs.Reason, Ecgs.Reason] }, Stop);
        Assert.Equal(StudyStatus.Rejected, first.Status);
        Assert.Single(again.Reasons);
        Assert.Null(first.StudyId);
        Assert.Equal(5004, await database.ScalarAsync<int>("SELECT length FROM rejected_input WHERE event_id = $1", eventId));
        var kept = await database.ScalarAsync<byte[]>("SELECT body FROM rejected_input WHERE event_id = $1", eventId);
        using var whole = Persistence.Waveforms.TokenCompression.Decompress(kept, body.Length);
        Assert.Equal(body, whole.Written.ToArray());
    }

    [Fact]
    public async Task Of_a_body_over_the_limit_only_hash_and_length_are_kept()
    {
        var eventId = Guid.NewGuid();
        await database.Ledger.RejectAsync(Ecgs.Rejected(eventId, new byte[(1024 * 1024) + 1]) with { SourceSystem = "a\0b\ud800" + new string('x', 500) }, Stop);
        Assert.True(await database.ScalarAsync<bool>(
            "SELECT body IS NULL AND length = 1048577 AND octet_length(sha256) = 32 FROM rejected_input WHERE event_id = $1", eventId));
        Assert.StartsWith("ab\ufffd", (await database.Ledger.FindAsync(eventId, Stop))!.SourceSystem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forged_rejection_does_not_end_an_event_under_way()
    {
        var received = await ReceiveAsync();
        var entry = await database.Ledger.RejectAsync(Ecgs.Rejected(received.Entry.EventId, [1]), Stop);
        Assert.Equal(StudyStatus.Received, entry.Status);
    }

    [Fact]
    public async Task An_outcome_is_unpublished_until_it_is_marked()
    {
        var eventId = Guid.NewGuid();
        await database.Ledger.RejectAsync(Ecgs.Rejected(eventId, [1]), Stop);
        Assert.DoesNotContain(await UnpublishedAsync(), e => e.EventId == eventId);
        database.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Contains(await UnpublishedAsync(), e => e.EventId == eventId);
        await database.Ledger.MarkPublishedAsync(eventId, Stop);
        database.Time.Advance(TimeSpan.FromHours(1));
        Assert.DoesNotContain(await UnpublishedAsync(), e => e.EventId == eventId);
        Assert.NotNull((await database.Ledger.FindAsync(eventId, Stop))!.PublishedAt);
    }

    [Fact]
    public async Task An_outcome_that_is_not_confirmed_rests_longer_each_time_and_never_for_good()
    {
        var eventId = Guid.NewGuid();
        await database.Ledger.RejectAsync(Ecgs.Rejected(eventId, [1]), Stop);
        database.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Contains(await UnpublishedAsync(), e => e.EventId == eventId);

        // It has waited a minute, so it rests a minute; later ten at most.
        database.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.DoesNotContain(await UnpublishedAsync(), e => e.EventId == eventId);
        database.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains(await UnpublishedAsync(), e => e.EventId == eventId);
        database.Time.Advance(TimeSpan.FromDays(1));
        Assert.Contains(await UnpublishedAsync(), e => e.EventId == eventId);
        database.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Contains(await UnpublishedAsync(), e => e.EventId == eventId);
    }

    [Fact]
    public async Task Unpublished_outcomes_come_by_urgency_and_two_workers_never_get_the_same()
    {
        var routine = Guid.NewGuid();
        await database.Ledger.RejectAsync(Ecgs.Rejected(routine, [1]) with { Priority = EventPriority.Routine }, Stop);
        database.Time.Advance(TimeSpan.FromSeconds(1));
        var failed = await ReceiveAsync();
        await database.Ledger.FailAsync(failed.Entry.EventId, Ecgs.Reason, Stop);
        database.Time.Advance(TimeSpan.FromSeconds(1));
        var urgent = await ReceiveAsync();
        await database.Ledger.CompleteAsync(urgent.Entry.EventId, Ecgs.Completion(Ecgs.NewId()), Stop);
        database.Time.Advance(TimeSpan.FromMinutes(1));

        var shares = await Task.WhenAll(UnpublishedAsync(), UnpublishedAsync());

        Guid[] own = [urgent.Entry.EventId, failed.Entry.EventId, routine];
        Assert.Equal(3, shares.SelectMany(share => share).Count(e => own.Contains(e.EventId)));
        Assert.All(shares, share => Assert.Equal(
            own.Where(id => share.Any(e => e.EventId == id)), share.Select(e => e.EventId).Where(own.Contains)));
    }

    [Fact]
    public async Task A_notice_is_owed_until_it_is_marked_whatever_becomes_of_the_outcome()
    {
        var eventId = Guid.NewGuid();
        Assert.True((await database.Ledger.RejectAsync(Ecgs.Rejected(eventId, [1]) with { OwesNotice = true }, Stop)).NoticeOwed);
        await database.Ledger.MarkPublishedAsync(eventId, Stop);
        database.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Contains(await UnpublishedAsync(), e => e.EventId == eventId && e.NoticeOwed);
        await database.Ledger.MarkNoticedAsync(eventId, Stop);
        database.Time.Advance(TimeSpan.FromHours(1));
        Assert.DoesNotContain(await UnpublishedAsync(), e => e.EventId == eventId);
    }

    [Fact]
    public async Task The_database_itself_holds_outcomes_final()
    {
        var received = await ReceiveAsync();
        await database.Ledger.CompleteAsync(received.Entry.EventId, Ecgs.Completion(Ecgs.NewId()), Stop);
        foreach (var sql in new[]
        {
            "UPDATE intake_event SET status = 'uncertain' WHERE event_id = $1",
            "UPDATE study SET status = 'uncertain' WHERE id = (SELECT study_id FROM intake_event WHERE event_id = $1)",
            "DELETE FROM intake_event WHERE event_id = $1",
        })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync(sql, received.Entry.EventId));
            Assert.Equal(PostgresErrorCodes.RestrictViolation, refused.SqlState);
        }
    }

    [Fact]
    public async Task Unknown_events_are_said_to_be_unknown()
    {
        Assert.Null(await database.Ledger.FindAsync(Guid.NewGuid(), Stop));
        Assert.Null(await database.Ledger.FindByStudyAsync(Guid.NewGuid(), Stop));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => database.Ledger.CompleteAsync(Guid.NewGuid(), Ecgs.Completion("r"), Stop));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => database.Ledger.FailAsync(Guid.NewGuid(), Ecgs.Reason, Stop));
    }

    private async Task<Reception> ReceiveAsync(EventPriority priority = EventPriority.Routine)
    {
        var id = Ecgs.NewId();
        var now = database.Time.GetUtcNow();
        return await database.Ledger.ReceiveAsync(
            Ecgs.Study(Ecgs.Observation(id), id) with { Priority = priority, FirstRetryAt = now.AddMinutes(1) }, Stop);
    }

    private Task<IReadOnlyList<LedgerEntry>> UnpublishedAsync() => database.Ledger.LeaseUnpublishedAsync(1000, TimeSpan.FromSeconds(30), Stop);

    private Task<IReadOnlyList<LedgerEntry>> LeaseAsync() => database.Ledger.LeaseDueAsync(1000, TimeSpan.FromMinutes(5), priority: null, Stop);

    private Task<string?> StudyStatusAsync(Guid studyId) => database.ScalarAsync<string>("SELECT status FROM study WHERE id = $1", studyId);
}
