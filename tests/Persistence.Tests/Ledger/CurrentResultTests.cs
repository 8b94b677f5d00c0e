using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.TestKit;
using Npgsql;

namespace EcgIntegration.Persistence.Tests.Ledger;

/// <summary>One ECG has one current result, whoever writes it and in whatever order.</summary>
public sealed class CurrentResultTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_results_that_race_one_is_written_and_the_others_are_told()
    {
        var id = Ecgs.NewId();
        var report = Ecgs.NewId();
        var studies = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => ReceiveAsync(id, model: $"m{i}")));

        var results = await Task.WhenAll(studies.Select(async study =>
        {
            try
            {
                return await database.Ledger.CompleteAsync(study.Entry.EventId, Ecgs.Completion(report), Stop);
            }
            catch (ResultChangedException)
            {
                return null;
            }
        }));

        var winner = Assert.Single(results, entry => entry is not null)!;
        var current = await database.Ledger.CurrentResultAsync(id, Stop);
        Assert.Equal(winner.StudyId, current!.StudyId);
        Assert.Equal(1, (await database.Store.ReadAsync("DiagnosticReport", report, Stop))!.Version);

        // Composed anew, against what is current, the next one takes its place.
        var next = studies.First(study => study.StudyId != winner.StudyId);
        await database.Ledger.CompleteAsync(next.Entry.EventId, Next(report, current), Stop);
        var superseded = await database.Ledger.FindAsync(winner.EventId, Stop);
        Assert.Equal(next.StudyId, superseded!.SupersededBy);
        Assert.Equal(StudyStatus.Classified, superseded.Status);
        Assert.Equal(2, (await database.Store.ReadAsync("DiagnosticReport", report, Stop))!.Version);
        Assert.NotNull(await database.Store.ReadVersionAsync("DiagnosticReport", report, 1, Stop));
    }

    [Fact]
    public async Task A_resource_that_a_client_changed_meanwhile_is_not_written_over()
    {
        var id = Ecgs.NewId();
        var report = Ecgs.NewId();
        var first = await ReceiveAsync(id);
        await database.Ledger.CompleteAsync(first.Entry.EventId, Ecgs.Completion(report), Stop);
        var current = (await database.Ledger.CurrentResultAsync(id, Stop))!;
        await database.ExecuteAsync(
            "UPDATE resource SET version = version + 1, status = 'final', content_hash = 'x' WHERE type = 'DiagnosticReport' AND id = $1", report);

        var second = await ReceiveAsync(id, model: "m2");
        await Assert.ThrowsAsync<ResultChangedException>(() => database.Ledger.CompleteAsync(second.Entry.EventId, Next(report, current), Stop));
        Assert.Equal(StudyStatus.Received, (await database.Ledger.FindAsync(second.Entry.EventId, Stop))!.Status);
    }

    [Fact]
    public async Task A_study_that_failed_is_superseded_by_the_next_result_and_no_longer_once_it_is_opened_again()
    {
        var id = Ecgs.NewId();
        var failed = await ReceiveAsync(id);
        await database.Ledger.FailAsync(failed.Entry.EventId, Ecgs.Reason, Stop);
        Assert.Null((await database.Ledger.FindAsync(failed.Entry.EventId, Stop))!.SupersededBy);

        var read = await ReceiveAsync(id, model: "m2");
        var report = Ecgs.NewId();
        await database.Ledger.CompleteAsync(read.Entry.EventId, Ecgs.Completion(report) with { Lineage = id }, Stop);
        var superseded = (await database.Ledger.FindAsync(failed.Entry.EventId, Stop))!;
        Assert.Equal((StudyStatus.Failed, read.StudyId), (superseded.Status, superseded.SupersededBy));

        var again = await ReceiveAsync(id);
        Assert.Equal(failed.StudyId, again.StudyId);
        Assert.Null((await database.Ledger.FindAsync(again.Entry.EventId, Stop))!.SupersededBy);
        var current = (await database.Ledger.CurrentResultAsync(id, Stop))!;
        await database.Ledger.CompleteAsync(again.Entry.EventId, Next(report, current), Stop);
        Assert.Equal(again.StudyId, (await database.Ledger.CurrentResultAsync(id, Stop))!.StudyId);
        Assert.Equal(again.StudyId, (await database.Ledger.FindAsync(read.Entry.EventId, Stop))!.SupersededBy);
    }

    [Fact]
    public async Task A_study_of_an_older_version_ends_without_touching_the_newer_result()
    {
        var id = Ecgs.NewId();
        var report = Ecgs.NewId();
        var old = await ReceiveAsync(id);
        var corrected = await ReceiveAsync(id, data: "7 7 7");
        await database.Ledger.CompleteAsync(corrected.Entry.EventId, Ecgs.Completion(report), Stop);
        var current = (await database.Ledger.CurrentResultAsync(id, Stop))!;

        var late = await database.Ledger.CompleteAsync(old.Entry.EventId, Next("other-" + id, current), Stop);

        Assert.Equal((StudyStatus.Classified, $"DiagnosticReport/{report}", corrected.StudyId), (late.Status, late.Report, late.SupersededBy));
        Assert.Null(await database.Store.ReadAsync("DiagnosticReport", "other-" + id, Stop));
        Assert.Equal(corrected.StudyId, (await database.Ledger.CurrentResultAsync(id, Stop))!.StudyId);
    }

    [Fact]
    public async Task An_ecg_withdrawn_while_it_is_analysed_gets_no_result()
    {
        var id = Ecgs.NewId();
        var report = Ecgs.NewId();
        var study = await ReceiveAsync(id);
        var ended = await WithdrawAsync(id);
        Assert.Equal((StudyStatus.Rejected, Ecgs.Reason), (ended.Status, Assert.Single(ended.Reasons)));

        var completed = await database.Ledger.CompleteAsync(study.Entry.EventId, Ecgs.Completion(report), Stop);

        Assert.Equal((StudyStatus.Rejected, null, null), (completed.Status, completed.Report, completed.Urgency));
        Assert.Equal("observation-withdrawn", Assert.Single(completed.Reasons).Code);
        Assert.Null(await database.Store.ReadAsync("DiagnosticReport", report, Stop));
    }

    [Fact]
    public async Task An_ecg_withdrawn_while_its_result_is_written_loses_it_all_the_same()
    {
        var id = Ecgs.NewId();
        var study = await ReceiveAsync(id);

        // The result is written up to its last statement, which waits for this one's row.
        await using var holder = await database.Get<NpgsqlDataSource>().OpenConnectionAsync(Stop);
        await using var hold = await holder.BeginTransactionAsync(Stop);
        await using (var row = new NpgsqlCommand("SELECT 1 FROM intake_event WHERE event_id = $1 FOR UPDATE", holder))
        {
            row.Parameters.AddWithValue(study.Entry.EventId);
            await row.ExecuteNonQueryAsync(Stop);
        }

        var completing = database.Ledger.CompleteAsync(study.Entry.EventId, Ecgs.Completion(Ecgs.NewId()), Stop);
        await Eventually.TrueAsync("the result waits", async () => await WaitingAsync() == 1);
        var withdrawing = WithdrawAsync(id);
        await Eventually.TrueAsync("the withdrawal waits or is done", async () => withdrawing.IsCompleted || await WaitingAsync() == 2);
        await hold.RollbackAsync(Stop);
        await completing;
        await withdrawing;

        Assert.NotNull((await database.Ledger.FindAsync(study.Entry.EventId, Stop))!.WithdrawnAt);

        Task<long> WaitingAsync() => database.ScalarAsync<long>(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
    }

    [Fact]
    public async Task A_result_composed_before_a_stat_event_joined_is_refused()
    {
        var id = Ecgs.NewId();
        var routine = await ReceiveAsync(id);
        var stat = await ReceiveAsync(id, priority: EventPriority.Stat);
        Assert.Equal((routine.StudyId, EventPriority.Stat), (stat.StudyId, stat.Entry.StudyPriority));

        await Assert.ThrowsAsync<ResultChangedException>(
            () => database.Ledger.CompleteAsync(routine.Entry.EventId, Ecgs.Completion(Ecgs.NewId()), Stop));
        await database.Ledger.CompleteAsync(
            routine.Entry.EventId, Ecgs.Completion(Ecgs.NewId()) with { Priority = EventPriority.Stat }, Stop);
        Assert.Equal(StudyStatus.Classified, (await database.Ledger.FindAsync(stat.Entry.EventId, Stop))!.Status);
    }

    private Task<Reception> ReceiveAsync(
        string id, string model = "m1", string data = "1 2 3", EventPriority priority = EventPriority.Routine) =>
        database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id, data: data), id, model: model) with { Priority = priority }, Stop);

    private async Task<LedgerEntry> WithdrawAsync(string id)
    {
        var withdrawal = Ecgs.Study(Ecgs.Observation(id, status: "entered-in-error"), id);
        var received = await database.Ledger.ReceiveWithdrawalAsync(
            new NewWithdrawal(Guid.NewGuid(), withdrawal.SourceSystem, null, EventPriority.Routine, Ecgs.At, withdrawal.ObservationKey, id,
                withdrawal.Observation, Ecgs.At.AddMinutes(1)),
            Stop);
        var current = await database.Ledger.CurrentResultAsync(id, Stop);
        return await database.Ledger.CompleteWithdrawalAsync(received.Entry.EventId, new StudyWithdrawal(Ecgs.Reason, current?.StudyId, []), Stop);
    }

    private static StudyCompletion Next(string report, CurrentResult current)
    {
        var completion = Ecgs.Completion(report) with { Replaces = current.StudyId };
        return completion with
        {
            Resources =
            [
                completion.Resources[0],
                completion.Resources[1] with { Json = Ecgs.Utf8(Ecgs.Report("Patient/p1").Replace("心房細動", "再解析", StringComparison.Ordinal)), Replaces = 1 },
            ],
        };
    }
}
