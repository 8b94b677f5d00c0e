using EcgIntegration.Persistence.Replay;
using Npgsql;

namespace EcgIntegration.Persistence.Tests.Replay;

/// <summary>What a replay was asked for stands; the same key is the same replay.</summary>
public sealed class ReplayJobTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IReplayJobs Jobs => database.Get<IReplayJobs>();

    [Fact]
    public async Task The_same_key_is_the_same_replay_however_often_and_at_once_it_is_submitted()
    {
        var request = Replays.Request(new() { SourceSystem = await database.ClassifiedAsync(4) });

        var submitted = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Jobs.SubmitAsync(request, Stop)));

        Assert.Single(submitted, s => s.IsNew);
        var job = Assert.Single(submitted.Select(s => s.Job.Id).Distinct());
        Assert.Equal(4, (await Jobs.FindAsync(job, Stop))!.Counts.Total);
        Assert.Equal(4L, await database.ScalarAsync<long>("SELECT count(*) FROM replay_item WHERE job_id = $1", job));
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM audit WHERE resource LIKE $1", $"Replay/{job} %"));
        await DiffersAsync(request with { DryRun = true }, "dryRun");
        await DiffersAsync(request with { Selection = new() { Label = "AFIB" } }, "label", "source");
        await DiffersAsync(request with { PerMinute = 5 }, "perMinute");
        await DiffersAsync(request with { Why = "for another reason" }, "why");

        async Task DiffersAsync(ReplayRequest other, params string[] names)
        {
            var refusal = await Assert.ThrowsAsync<ReplayKeyReusedException>(() => Jobs.SubmitAsync(other, Stop));
            Assert.Equal((job, string.Join(' ', names)), (refusal.JobId, string.Join(' ', refusal.Differences)));
        }
    }

    [Fact]
    public async Task The_pace_is_that_of_ecgs_a_model_has_read_without_pauses()
    {
        var read = new ReplaySide(Contracts.Events.StudyStatus.Classified, Contracts.Events.Urgency.Routine, ["SR"]);
        var refused = new ReplaySide(Contracts.Events.StudyStatus.Rejected, null, ["no-json"]);
        var source = await database.ClassifiedAsync(12);
        await FinishAsync(read, TimeSpan.FromSeconds(2));
        Assert.Equal(30, (await Jobs.PreviewAsync(new() { SourceSystem = source }, 1, Stop)).PerMinute!.Value, 3);

        // A later one of refused bodies only, however fast, tells nothing.
        await FinishAsync(refused, TimeSpan.FromMilliseconds(5));
        Assert.Equal(30, (await Jobs.PreviewAsync(new() { SourceSystem = source }, 1, Stop)).PerMinute!.Value, 3);

        await FinishAsync(read, TimeSpan.FromSeconds(1), pauseAfter: 6);
        Assert.Equal(60, (await Jobs.PreviewAsync(new() { SourceSystem = source }, 1, Stop)).PerMinute!.Value, 3);

        async Task FinishAsync(ReplaySide side, TimeSpan each, int pauseAfter = 0)
        {
            database.Time.Advance(TimeSpan.FromSeconds(1));
            var work = database.Get<IReplayWork>();
            var job = await database.SubmitAsync(source);
            foreach (var ticket in await database.HandOutAsync(job.Id))
            {
                database.Time.Advance(ticket.Ordinal == pauseAfter ? TimeSpan.FromHours(1) : each);
                await work.FinishAsync(ticket, new(ReplayResult.Unchanged, side, side), Stop);
            }

            await work.CompleteAsync(Stop);
        }
    }

    [Fact]
    public async Task What_was_typed_again_is_the_same_replay_though_it_comes_to_another_moment_or_model()
    {
        var source = await database.ClassifiedAsync(1);
        var first = Typed("2d", database.Time.GetUtcNow().AddDays(-2), "resnet", "aaaa");
        var job = (await Jobs.SubmitAsync(first, Stop)).Job;
        database.Time.Advance(TimeSpan.FromMinutes(1));

        var again = await Jobs.SubmitAsync(Typed("2d", database.Time.GetUtcNow().AddDays(-2), "resnet", "bbbb"), Stop);
        Assert.Equal((job.Id, false), (again.Job.Id, again.IsNew));
        Assert.False((await Jobs.SubmitAsync(Typed("48h", first.Selection.ReceivedFrom!.Value, "aaaa", "aaaa"), Stop)).IsNew);
        var refusal = await Assert.ThrowsAsync<ReplayKeyReusedException>(
            () => Jobs.SubmitAsync(Typed("3d", database.Time.GetUtcNow().AddDays(-3), "resnet", "aaaa"), Stop));
        Assert.Equal(["from"], refusal.Differences);

        ReplayRequest Typed(string from, DateTimeOffset at, string name, string model) =>
            Replays.Request(new() { SourceSystem = source, ReceivedFrom = at }, key: source) with
            {
                Model = model,
                Typed = new Dictionary<string, string> { ["from"] = from, ["model"] = name },
            };
    }

    [Fact]
    public async Task Who_asked_for_what_and_why_is_audited_and_does_not_change()
    {
        var source = await database.ClassifiedAsync(1, "Patient/audited");
        var job = (await Jobs.SubmitAsync(Replays.Request(new() { SourceSystem = source, Patient = "Patient/audited" }), Stop)).Job;

        Assert.Equal(
            $"tests replay Replay/{job.Id} patient=* source={source} why: to see Patient/audited 1",
            await database.ScalarAsync<string>("SELECT concat_ws(' ', actor, action, resource, patient, results) FROM audit WHERE resource LIKE $1", $"Replay/{job.Id}%"));
        await RefusedAsync("UPDATE replay_job SET why = 'another' WHERE id = $1", job.Id);
        await RefusedAsync("UPDATE replay_job SET selection = '{}' WHERE id = $1", job.Id);
        await RefusedAsync("DELETE FROM replay_item WHERE job_id = $1", job.Id);
        await RefusedAsync("DELETE FROM replay_job WHERE id = $1", job.Id);
        Assert.Null(await database.Audit.FindBreakAsync(Stop));
    }

    [Fact]
    public async Task It_is_paused_resumed_and_cancelled_and_a_finished_one_stays_so()
    {
        var job = await database.SubmitAsync(await database.ClassifiedAsync(3));
        var ticket = (await database.HandOutAsync(job.Id))[0];

        var paused = await Jobs.ChangeAsync(job.Id, ReplayState.Paused, "operator", Stop);
        Assert.Equal((ReplayState.Paused, 3, 0), (paused!.State, paused.Counts.Waiting, paused.Counts.Queued));
        Assert.Null(await database.Get<IReplayWork>().BeginAsync(ticket, TimeSpan.FromMinutes(1), 3, Stop));
        Assert.Empty(await database.HandOutAsync(job.Id));

        Assert.Equal(ReplayState.Running, (await Jobs.ChangeAsync(job.Id, ReplayState.Running, "operator", Stop))!.State);
        Assert.Equal(3, (await database.HandOutAsync(job.Id)).Count);
        var cancelled = await Jobs.ChangeAsync(job.Id, ReplayState.Cancelled, "operator", Stop);
        Assert.Equal((ReplayState.Cancelled, database.Time.GetUtcNow()), (cancelled!.State, cancelled.FinishedAt!.Value));
        Assert.Equal(ReplayState.Cancelled, (await Jobs.ChangeAsync(job.Id, ReplayState.Running, "operator", Stop))!.State);
        Assert.Null(await Jobs.ChangeAsync(Guid.NewGuid(), ReplayState.Paused, "operator", Stop));
        Assert.Equal(
            3L, await database.ScalarAsync<long>("SELECT count(*) FROM audit WHERE actor = 'operator' AND resource = $1", $"Replay/{job.Id}"));
    }

    [Fact]
    public async Task A_selection_that_takes_too_long_says_so_and_records_nothing()
    {
        var source = await database.ClassifiedAsync(1);
        var jobs = new PostgresReplayJobs(database.Get<NpgsqlDataSource>(), database.Time) { SelectionLimit = TimeSpan.FromMilliseconds(300) };
        var request = Replays.Request(new() { SourceSystem = source });
        await using var holder = await database.Get<NpgsqlDataSource>().OpenConnectionAsync(Stop);
        await using var hold = await holder.BeginTransactionAsync(Stop);
        await using (var table = new NpgsqlCommand("LOCK TABLE study IN ACCESS EXCLUSIVE MODE", holder))
        {
            await table.ExecuteNonQueryAsync(Stop);
        }

        await Assert.ThrowsAsync<ReplaySelectionSlowException>(() => jobs.PreviewAsync(request.Selection, 3, Stop));
        await Assert.ThrowsAsync<ReplaySelectionSlowException>(() => jobs.SubmitAsync(request, Stop));

        await hold.RollbackAsync(Stop);
        Assert.Null(await jobs.FindByKeyAsync(request.Key, Stop));
        Assert.True((await jobs.SubmitAsync(request, Stop)).IsNew);
    }

    private async Task RefusedAsync(string sql, Guid job)
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync(sql, job));
        Assert.Equal(PostgresErrorCodes.RestrictViolation, refusal.SqlState);
    }
}
