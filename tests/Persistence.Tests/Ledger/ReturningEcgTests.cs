using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;

namespace EcgIntegration.Persistence.Tests.Ledger;

/// <summary>An ECG that comes again after its result was superseded or taken back, in whatever order that happens.</summary>
public sealed class ReturningEcgTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private readonly string _id = Ecgs.NewId();
    private readonly string _report = Ecgs.NewId();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_signal_after_a_correction_is_read_again_and_its_result_is_the_current_one()
    {
        var first = await CompleteAsync(await ReceiveAsync("1 1", at: 1));
        await CompleteAsync(await ReceiveAsync("2 2", at: 2));

        var again = await ReceiveAsync("1 1", at: 3);

        Assert.Equal((StudyStatus.Received, 3), (again.Entry.Status, again.ObservationVersion));
        Assert.NotEqual(first.StudyId, again.StudyId);
        await CompleteAsync(again);
        Assert.Equal(again.StudyId, await CurrentAsync());

        // And what comes after that joins it, as any copy does.
        var copy = await ReceiveAsync("1 1", at: 3);
        Assert.Equal((again.StudyId, StudyStatus.Classified), (copy.StudyId, copy.Entry.Status));
    }

    [Fact]
    public async Task A_study_still_open_when_its_signal_comes_again_counts_for_the_new_version()
    {
        var open = await ReceiveAsync("1 1", at: 1);
        await CompleteAsync(await ReceiveAsync("2 2", at: 2));

        var again = await ReceiveAsync("1 1", at: 3);

        Assert.Equal(open.StudyId, again.StudyId);
        await CompleteAsync(open);
        Assert.Equal(open.StudyId, await CurrentAsync());
    }

    [Fact]
    public async Task A_failed_study_whose_signal_comes_again_counts_for_the_new_version()
    {
        var failed = await ReceiveAsync("1 1", at: 1);
        await database.Ledger.FailAsync(failed.Entry.EventId, Ecgs.Reason, Stop);
        await CompleteAsync(await ReceiveAsync("2 2", at: 2));

        var again = await ReceiveAsync("1 1", at: 3);
        await CompleteAsync(again);

        Assert.Equal((failed.StudyId, failed.StudyId), (again.StudyId, await CurrentAsync()));
    }

    [Fact]
    public async Task The_same_signal_under_the_first_model_again_is_read_again()
    {
        var first = await CompleteAsync(await ReceiveAsync("1 1", "m1"));
        await CompleteAsync(await ReceiveAsync("1 1", "m2"));

        var back = await ReceiveAsync("1 1", "m1");

        Assert.NotEqual(first.StudyId, back.StudyId);
        await CompleteAsync(back);
        Assert.Equal(back.StudyId, await CurrentAsync());
    }

    [Fact]
    public async Task A_withdrawn_ecg_that_comes_again_newer_is_read_again_and_an_old_copy_of_it_is_not()
    {
        var first = await CompleteAsync(await ReceiveAsync("1 1", at: 1));
        await CompleteWithdrawalAsync(await ReceiveWithdrawalAsync(at: 2));

        foreach (var priority in new[] { EventPriority.Routine, EventPriority.Stat })
        {
            var copy = await ReceiveAsync("1 1", at: 1, priority: priority);
            Assert.Equal((first.StudyId, StudyStatus.Rejected), (copy.StudyId, copy.Entry.Status));
            Assert.Equal("observation-withdrawn", Assert.Single(copy.Entry.Reasons).Code);
            Assert.Null(copy.Entry.Urgency);
        }

        var again = await ReceiveAsync("1 1", at: 3);
        Assert.Equal(StudyStatus.Received, again.Entry.Status);
        await CompleteAsync(again);
        Assert.Equal((again.StudyId, null), (await CurrentAsync(), (await database.Ledger.FindAsync(again.Entry.EventId, Stop))!.WithdrawnAt));
    }

    [Fact]
    public async Task A_study_withdrawn_before_it_was_read_is_read_when_its_ecg_comes_again()
    {
        var open = await ReceiveAsync("1 1", at: 1);
        await CompleteWithdrawalAsync(await ReceiveWithdrawalAsync(at: 2));
        Assert.Equal(StudyStatus.Rejected, (await CompleteAsync(open)).Status);

        var again = await ReceiveAsync("1 1", at: 3);

        Assert.Equal(StudyStatus.Received, again.Entry.Status);
        await CompleteAsync(again);
        Assert.Equal(again.StudyId, await CurrentAsync());
    }

    [Fact]
    public async Task A_withdrawal_that_ends_after_its_ecg_has_come_again_takes_nothing_back()
    {
        var first = await CompleteAsync(await ReceiveAsync("1 1", at: 1));
        var withdrawal = await ReceiveWithdrawalAsync(at: 2);
        var again = await ReceiveAsync("1 1", at: 3);
        Assert.Equal((first.StudyId, StudyStatus.Classified), (again.StudyId, again.Entry.Status));

        var ended = await CompleteWithdrawalAsync(withdrawal);

        Assert.Equal(StudyStatus.Rejected, ended.Status);
        Assert.Null((await database.Ledger.FindAsync(again.Entry.EventId, Stop))!.WithdrawnAt);
    }

    [Fact]
    public async Task A_result_that_was_withdrawn_is_not_raised_by_a_stat_event_that_joined_before()
    {
        var first = await CompleteAsync(await ReceiveAsync("1 1", at: 1));
        var stat = await ReceiveAsync("1 1", at: 1, priority: EventPriority.Stat);
        Assert.Equal((first.StudyId, StudyStatus.Received), (stat.StudyId, stat.Entry.Status));
        await CompleteWithdrawalAsync(await ReceiveWithdrawalAsync(at: 2));
        var before = (await database.Store.ReadAsync("DiagnosticReport", _report, Stop))!.Version;

        var answered = await CompleteAsync(stat, EventPriority.Stat);

        Assert.Equal((StudyStatus.Rejected, null), (answered.Status, answered.Urgency));
        Assert.Equal("observation-withdrawn", Assert.Single(answered.Reasons).Code);
        Assert.Equal(before, (await database.Store.ReadAsync("DiagnosticReport", _report, Stop))!.Version);
        Assert.Equal("routine", await database.ScalarAsync<string>("SELECT priority FROM study WHERE id = $1", first.StudyId!));
    }

    [Fact]
    public async Task A_correction_of_anything_but_the_signal_keeps_the_result_which_counts_for_it_from_then_on()
    {
        var first = await CompleteAsync(await ReceiveAsync("1 1", signal: "same"));
        var noted = await ReceiveAsync("1  1", signal: "same");

        Assert.Equal((first.StudyId, StudyStatus.Classified, 2), (noted.StudyId, noted.Entry.Status, noted.ObservationVersion));
        Assert.Equal(2, (await database.Ledger.CurrentResultAsync(_id, Stop))!.ObservationVersion);
    }

    [Fact]
    public async Task Of_two_models_at_the_same_version_the_one_asked_last_gives_the_result()
    {
        var postponed = await ReceiveAsync("1 1", "m1");
        database.Time.Advance(TimeSpan.FromSeconds(1));
        var newer = await CompleteAsync(await ReceiveAsync("1 1", "m2"));

        var late = await CompleteAsync(postponed);

        Assert.Equal((newer.StudyId, newer.StudyId), (late.SupersededBy, await CurrentAsync()));

        // Asked for again meanwhile, it is the last one.
        var open = await ReceiveAsync("1 1", "m3");
        database.Time.Advance(TimeSpan.FromSeconds(1));
        await CompleteAsync(await ReceiveAsync("1 1", "m4"));
        database.Time.Advance(TimeSpan.FromSeconds(1));
        await ReceiveAsync("1 1", "m3");
        await CompleteAsync(open);
        Assert.Equal(open.StudyId, await CurrentAsync());
    }

    [Fact]
    public async Task A_copy_that_joins_a_finished_study_does_not_make_it_newer_than_a_replay_under_way()
    {
        await CompleteAsync(await ReceiveAsync("1 1", "m1"));
        database.Time.Advance(TimeSpan.FromSeconds(1));
        var replay = await ReceiveAsync("1 1", "m2");
        database.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(StudyStatus.Classified, (await ReceiveAsync("1 1", "m1")).Entry.Status);

        await CompleteAsync(replay);

        Assert.Equal(replay.StudyId, await CurrentAsync());
    }

    [Fact]
    public async Task A_result_composed_for_less_than_the_current_one_s_priority_is_refused()
    {
        await CompleteAsync(await ReceiveAsync("1 1", "m1", priority: EventPriority.Stat), EventPriority.Stat);
        var routine = await ReceiveAsync("1 1", "m2");

        await Assert.ThrowsAsync<ResultChangedException>(() => CompleteAsync(routine));

        await CompleteAsync(routine, EventPriority.Stat);
        Assert.Equal("stat", await database.ScalarAsync<string>("SELECT priority FROM study WHERE id = $1", routine.StudyId));
    }

    private Task<Reception> ReceiveAsync(
        string data, string model = "m1", int? at = null, EventPriority priority = EventPriority.Routine, string? signal = null)
    {
        var study = Ecgs.Study(Ecgs.Observation(_id, data: data), _id, model: model) with { Priority = priority, OccurredAt = At(at) };
        return database.Ledger.ReceiveAsync(study with { InputSha256 = signal is null ? study.InputSha256 : Ecgs.Hash(signal) }, Stop);
    }

    private async Task<LedgerEntry> CompleteAsync(Reception reception, EventPriority priority = EventPriority.Routine)
    {
        var current = await database.Ledger.CurrentResultAsync(_id, Stop);
        return await database.Ledger.CompleteAsync(
            reception.Entry.EventId, Ecgs.Completion(_report) with { Replaces = current?.StudyId, Priority = priority }, Stop);
    }

    private async Task<LedgerEntry> ReceiveWithdrawalAsync(int at)
    {
        var study = Ecgs.Study(Ecgs.Observation(_id, status: "entered-in-error"), _id);
        return (await database.Ledger.ReceiveWithdrawalAsync(
            new NewWithdrawal(Guid.NewGuid(), study.SourceSystem, At(at), EventPriority.Routine, Ecgs.At, study.ObservationKey, _id,
                study.Observation, Ecgs.At.AddMinutes(1)),
            Stop)).Entry;
    }

    private async Task<LedgerEntry> CompleteWithdrawalAsync(LedgerEntry entry)
    {
        var current = await database.Ledger.CurrentResultAsync(_id, Stop);
        return await database.Ledger.CompleteWithdrawalAsync(entry.EventId, new StudyWithdrawal(Ecgs.Reason, current?.StudyId, []), Stop);
    }

    private async Task<Guid?> CurrentAsync() => (await database.Ledger.CurrentResultAsync(_id, Stop))?.StudyId;

    /// <summary>An hour of the day before: what happens after it arrives counts as of its arrival.</summary>
    private static DateTimeOffset? At(int? hour) => hour is { } given ? Ecgs.At.AddDays(-1).AddHours(given) : null;
}
