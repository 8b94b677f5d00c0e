using EcgIntegration.Persistence.Replay;
using EcgIntegration.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace EcgIntegration.Worker.Tests.Replay;

/// <summary>A replay is paused, resumed, cancelled, interrupted by restarts, and shared by workers.</summary>
public sealed class ReplayControlTests(PostgresFixture postgres, RabbitMqFixture rabbit)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Paused_it_stands_still_resumed_it_goes_on_and_cancelled_it_keeps_what_was_done()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartWorkerAsync();
        var jobs = worker.Services.GetRequiredService<IReplayJobs>();
        await bench.ReadAsync(12);
        var job = await ReplayBench.SubmitAsync(worker, model: bench.OtherModel, perMinute: 120);
        await ReplayBench.UntilAsync(worker, job.Id, j => j.Counts.Done >= 1);

        await jobs.ChangeAsync(job.Id, ReplayState.Paused, "tests", Stop);
        await ReplayBench.UntilAsync(worker, job.Id, j => j.Counts.Queued == 0);
        await Eventually.TrueAsync("nothing on the queue", async () => await bench.Events.DepthAsync("ecg.intake.replay") == 0);
        var paused = await bench.ScalarAsync<long>("SELECT count(*) FROM replay_item WHERE state = 'done'");

        // Another replay runs to its end meanwhile: the feeder has been round more than once.
        var other = await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker, dryRun: true));
        Assert.Equal(ReplayState.Completed, other.State);
        var still = await jobs.FindAsync(job.Id, Stop);
        Assert.Equal(ReplayState.Paused, still!.State);
        Assert.InRange(still.Counts.Done, (int)paused, (int)paused + 2);
        Assert.True(still.Counts.Waiting > 0);

        await jobs.ChangeAsync(job.Id, ReplayState.Running, "tests", Stop);
        await ReplayBench.UntilAsync(worker, job.Id, j => j.Counts.Done > still.Counts.Done);
        var cancelled = await jobs.ChangeAsync(job.Id, ReplayState.Cancelled, "tests", Stop);
        Assert.Equal(ReplayState.Cancelled, cancelled!.State);
        Assert.True(cancelled.Counts.Waiting > 0);
        await Eventually.TrueAsync(
            "what was in work is finished and noted",
            async () => (await jobs.FindAsync(job.Id, Stop))!.Counts.Written == await WrittenStudiesAsync(bench));
        Assert.Equal(ReplayState.Cancelled, (await jobs.FindAsync(job.Id, Stop))!.State);
    }

    [Fact]
    public async Task A_restart_in_the_middle_loses_nothing_and_doubles_nothing()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        ReplayJob job;
        await using (var worker = await bench.StartWorkerAsync(null, ("Replay:InFlight", "8")))
        {
            await bench.ReadAsync(20);
            job = await ReplayBench.SubmitAsync(worker, model: bench.OtherModel);
            await ReplayBench.UntilAsync(worker, job.Id, j => j.Counts.Done >= 3);
        }

        await using (var worker = await bench.StartWorkerAsync(null, ("Replay:InFlight", "8"), ("Replay:Lease", "00:00:03")))
        {
            var done = await ReplayBench.UntilDoneAsync(worker, job);
            Assert.Equal((20, 20, 0), (done.Counts.Done, done.Counts.Written, done.Counts.Failed));
        }

        Assert.Equal(20, await WrittenStudiesAsync(bench));
        Assert.Equal(20L, await bench.ScalarAsync<long>("SELECT count(*) FROM intake_event WHERE source_system = 'replay'"));
        Assert.Equal(20L, await bench.ScalarAsync<long>("SELECT count(*) FROM study WHERE is_current"));
    }

    [Fact]
    public async Task A_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        ReplayJob job;
        await using (var worker = await bench.StartWorkerAsync())
        {
            await bench.ReadAsync(30);
            job = await ReplayBench.SubmitAsync(worker, model: bench.OtherModel, perMinute: 1);
        }

        await bench.ScalarAsync<long>("WITH changed AS (UPDATE replay_job SET per_minute = NULL RETURNING 1) SELECT count(*) FROM changed");
        await using (var killed = await StartProcessAsync(bench))
        {
            await Eventually.TrueAsync("some done", async () => await bench.ScalarAsync<long>("SELECT count(*) FROM replay_item WHERE state = 'done'") >= 5);
            await killed.KillAsync();
        }

        await using var next = await bench.StartWorkerAsync(null, ("Replay:Lease", "00:00:03"), ("Intake:TakeUpAfter", "00:00:05"));
        var done = await ReplayBench.UntilDoneAsync(next, job);
        Assert.Equal((30, 30, 0), (done.Counts.Done, done.Counts.Written, done.Counts.Failed));
        Assert.Equal(30, await WrittenStudiesAsync(bench));
        Assert.Equal(30L, await bench.ScalarAsync<long>("SELECT count(*) FROM study WHERE is_current"));
        foreach (var line in await ReplayBench.LinesAsync(next, done))
        {
            await bench.Events.OutcomeAsync(line.EventId);
        }
    }

    [Fact]
    public async Task Two_workers_share_a_replay()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var one = await bench.StartWorkerAsync(null, ("Replay:InFlight", "4"));
        await using var two = await bench.StartWorkerAsync(null, ("Replay:InFlight", "4"));
        await bench.ReadAsync(24);

        var done = await ReplayBench.UntilDoneAsync(one, await ReplayBench.SubmitAsync(one, model: bench.OtherModel));

        Assert.Equal((24, 24), (done.Counts.Done, done.Counts.Written));
        Assert.Equal(24L, await bench.ScalarAsync<long>("SELECT count(*) FROM intake_event WHERE source_system = 'replay'"));
        Assert.Equal(24, await WrittenStudiesAsync(bench));
    }

    [Fact]
    public async Task A_ticket_delivered_twice_or_late_or_for_nothing_changes_nothing_and_is_no_event()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartWorkerAsync();
        await bench.ReadAsync(2);
        var done = await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker, model: bench.OtherModel));
        await Eventually.TrueAsync(
            "all published", async () => await bench.ScalarAsync<long>("SELECT count(*) FROM intake_event WHERE published_at IS NULL") == 0);
        var before = await bench.StateAsync();
        await using var broker = await ReplayListener.ConnectAsync(bench.Broker.AmqpUri);

        foreach (var job in new[] { done.Id, Guid.NewGuid() })
        {
            var ticket = $$"""{"jobId":"{{job}}","ordinal":1}""";
            await broker.PublishAsync(ticket, routingKey: "observation.replay");
            await broker.PublishAsync(ticket, exchange: "ecg.intake.returned", routingKey: "observation.received.routine");
        }

        // What follows on both queues is answered after them.
        var later = Guid.NewGuid();
        await broker.PublishAsync($$"""{"eventId": "{{later}}", "reference": "Observation/none"}""", routingKey: "observation.replay");
        Assert.Equal("rejected", (await bench.Events.OutcomeAsync(later)).Status);
        var last = Guid.NewGuid();
        await broker.PublishAsync($$"""{"eventId": "{{last}}", "reference": "Observation/none"}""", exchange: "ecg.intake.returned", routingKey: "observation.received.routine");
        Assert.Equal("rejected", (await bench.Events.OutcomeAsync(last)).Status);

        Assert.Equal(0u, await bench.Events.DepthAsync("ecg.intake.dead"));
        Assert.Equal(2L, await bench.ScalarAsync<long>("SELECT count(*) FROM rejected_input"));
        Assert.Equal(before.Split('\n')[..4], (await bench.StateAsync()).Split('\n')[..4]);
    }

    private static async Task<int> WrittenStudiesAsync(ReplayBench bench) =>
        (int)await bench.ScalarAsync<long>($"SELECT count(*) FROM study WHERE model_sha256 = '{bench.OtherModel}' AND status <> 'received'");

    private static Task<WorkerProcess> StartProcessAsync(ReplayBench bench) => WorkerProcess.StartAsync(
        bench.Database.ConnectionString,
        bench.Broker.AmqpUri,
        Repository.Model,
        new Dictionary<string, string> { ["ECG_Model__Bundles"] = bench.Bundles, ["ECG_Model__Device"] = "cpu" });
}
