using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Models;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Commands.Local;
using EcgIntegration.Worker.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace EcgIntegration.Worker.Tests.Models;

/// <summary>The active model changes while ECGs come in: each is read by one model, and its result names that one.</summary>
public sealed class ModelSwitchTests(PostgresFixture postgres, RabbitMqFixture rabbit)
{
    private const int Ecgs = 200;
    private const int UnderWay = 32;

    [Fact]
    public async Task Switching_there_and_back_under_load_loses_no_ecg_and_mixes_no_models()
    {
        await using var bench = await ModelBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartAsync();

        var switching = SwitchAsync(bench, worker);
        var events = new List<Guid>();
        while (events.Count < Ecgs || !switching.IsCompleted)
        {
            await Eventually.TrueAsync("some are done", () => events.Count - Answered(bench) < UnderWay);
            events.Add(await bench.Events.PublishAsync(ModelBench.Ecg(events.Count), stat: events.Count % 5 == 0));
        }

        await switching;
        await Eventually.TrueAsync("every ECG has its outcome", () => Answered(bench) == events.Count);

        // At least once on the wire, but never two different ones.
        var outcomes = bench.Events.Outcomes.GroupBy(outcome => outcome.EventId).ToDictionary(
            group => group.Key, group => Assert.Single(group.Select(outcome => (outcome.StudyId, outcome.Status, Model: ModelBench.ModelOf(outcome))).Distinct()));
        Assert.Equal(events.Order(), outcomes.Keys.Order());
        Assert.Equal(events.Count, outcomes.Values.Select(outcome => outcome.StudyId).Distinct().Count());
        Assert.Equal(new[] { bench.First, bench.Second }.Order(), outcomes.Values.Select(outcome => outcome.Model!).Distinct().Order());

        var written = await bench.QueryAsync(
            """
            SELECT s.id, s.model_sha256, p.content->'agent'->0->'who'->>'reference', d.content->'identifier'->0->>'value'
            FROM study s
            JOIN resource p ON p.type = 'Provenance'
              AND p.content->'target' @> jsonb_build_array(jsonb_build_object('reference', 'DiagnosticReport/' || s.report_id || '/_history/1'))
            JOIN resource d ON d.type = 'Device' AND 'Device/' || d.id = p.content->'agent'->0->'who'->>'reference'
            """);
        Assert.Equal(
            outcomes.Values.Select(outcome => $"{outcome.StudyId} {outcome.Model} Device/{outcome.Model} {outcome.Model}").Order(),
            written.Order());
        Assert.Empty(await bench.QueryAsync("SELECT event_id FROM intake_event WHERE status = 'received' OR published_at IS NULL"));
    }

    [Fact]
    public async Task A_restart_keeps_the_role_and_receives_nothing_for_the_model_before()
    {
        await using var bench = await ModelBench.CreateAsync(postgres, rabbit);
        await using (var worker = await bench.StartAsync())
        {
            await ModelBench.ActivateAsync(worker, bench.Second);
        }

        // It waits in the queue, so that it is the first thing the next worker sees.
        var waiting = await bench.Events.PublishAsync(ModelBench.Ecg(0));
        await using var next = await bench.StartAsync();

        Assert.Equal(bench.Second, ModelBench.ModelOf(await bench.Events.OutcomeAsync(waiting)));
        Assert.Equal(bench.Second, (await ModelBench.ReadyAsync(next)).GetProperty("model").GetProperty("sha256").GetString());
    }

    [Fact]
    public async Task Several_workers_follow_the_same_row()
    {
        await using var bench = await ModelBench.CreateAsync(postgres, rabbit);
        await using var one = await bench.StartAsync();
        await using var two = await bench.StartAsync();

        await ModelBench.AssignAsync(one, ModelRole.Shadow, bench.Second);
        await ModelBench.ActivateAsync(one, bench.Second);
        await ModelBench.AssignAsync(two, ModelRole.Shadow, null);

        foreach (var pool in new[] { one, two }.Select(worker => worker.Services.GetRequiredService<IModelPool>()))
        {
            await Eventually.TrueAsync("both follow", () => pool.Active.Sha256 == bench.Second && pool.Shadow is null);
        }

        await ModelBench.ActivateAsync(two, bench.First);
        await Eventually.TrueAsync("both follow back", () => one.Services.GetRequiredService<IModelPool>().Active.Sha256 == bench.First);
    }

    [Fact]
    public async Task A_study_taken_up_after_a_switch_is_read_by_its_own_model()
    {
        await using var bench = await ModelBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartAsync(services => FaultyLedger.Install(services, nameof(IStudyLedger.CompleteAsync), faults: 1));

        var eventId = await bench.Events.PublishAsync(ModelBench.Ecg(0));
        await PutOffAsync(bench, worker, eventId);
        await ModelBench.ActivateAsync(worker, bench.Second);
        var later = await bench.Events.PublishAsync(ModelBench.Ecg(1));

        Assert.Equal(bench.Second, ModelBench.ModelOf(await bench.Events.OutcomeAsync(later)));
        Assert.Equal(bench.First, ModelBench.ModelOf(await bench.Events.OutcomeAsync(eventId)));
        Assert.Equal(2, (await worker.Services.GetRequiredService<IStudyLedger>().FindAsync(eventId, TestContext.Current.CancellationToken))!.Attempts);
    }

    [Fact]
    public async Task The_same_ecg_sent_again_is_read_by_the_model_that_is_active_then_also_after_a_switch_back()
    {
        await using var bench = await ModelBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartAsync();
        var studies = new List<Guid?>();
        foreach (var model in new[] { bench.First, bench.Second, bench.First })
        {
            await ModelBench.ActivateAsync(worker, model);
            var outcome = await bench.Events.OutcomeAsync(await bench.Events.PublishAsync(ModelBench.Ecg(0)));
            Assert.Equal(model, ModelBench.ModelOf(outcome));
            Assert.Equal([$"{outcome.StudyId} {model}"], await bench.QueryAsync("SELECT id, model_sha256 FROM study WHERE is_current"));
            studies.Add(outcome.StudyId);
        }

        Assert.Equal(3, studies.Distinct().Count());
    }

    [Fact]
    public async Task A_study_whose_model_is_gone_fails_with_that_reason_and_its_ecg_can_be_read_by_another()
    {
        await using var bench = await ModelBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartAsync(
            services => FaultyLedger.Install(services, nameof(IStudyLedger.CompleteAsync), faults: 1),
            ("Model:KeepLoaded", "0"), ("Intake:MaxAttempts", "2"));
        await ModelBench.ActivateAsync(worker, bench.Second);
        var eventId = await bench.Events.PublishAsync(ModelBench.Ecg(0));
        await PutOffAsync(bench, worker, eventId);

        Directory.Move(bench.Folder("second"), bench.Folder("second.tmp"));
        await ModelBench.ActivateAsync(worker, bench.First);

        var outcome = await bench.Events.OutcomeAsync(eventId);
        Assert.Equal(("failed", "model-unavailable"), (outcome.Status, Assert.Single(outcome.ReasonCodes)));
        Assert.Equal(bench.Second, ModelBench.ModelOf(outcome));
        var again = await bench.Events.OutcomeAsync(await bench.Events.PublishAsync(ModelBench.Ecg(0)));
        Assert.NotNull(again.Report);
        Assert.Equal(bench.First, ModelBench.ModelOf(again));
    }

    [Fact]
    public async Task A_model_that_a_worker_cannot_load_leaves_the_one_before_and_shows_in_its_health()
    {
        await using var bench = await ModelBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartAsync();
        Directory.Move(bench.Folder("second"), bench.Folder("second.tmp"));

        await ModelBench.AssignAsync(worker, ModelRole.Active, bench.Second);
        await Eventually.TrueAsync(
            "degraded", async () => (await ModelBench.ReadyAsync(worker)).GetProperty("status").GetString() == "degraded");
        var ready = await ModelBench.ReadyAsync(worker);
        Assert.Equal(bench.First, ready.GetProperty("model").GetProperty("sha256").GetString());
        Assert.Equal("degraded", ready.GetProperty("checks").GetProperty("model").GetString());
        Assert.Contains($"No bundle of model {bench.Second[..12]}", ready.GetProperty("degraded")[0].GetString(), StringComparison.Ordinal);
        Assert.Contains($"so first ({bench.First[..12]}) runs in its place", ready.GetProperty("degraded")[0].GetString(), StringComparison.Ordinal);
        var health = await WorkerHealth.AskAsync(worker.Http.BaseAddress!, TestContext.Current.CancellationToken);
        var part = PartStatus.Here("worker", 1, null).With(health);
        Assert.Equal(("degraded", true, ready.GetProperty("degraded")[0].GetString()), (part.State, part.IsGood, part.Reason));
        Assert.Equal(bench.First, ModelBench.ModelOf(await bench.Events.OutcomeAsync(await bench.Events.PublishAsync(ModelBench.Ecg(0)))));

        // A worker that starts now does so as well, with its default bundle.
        await using (var other = await bench.StartAsync())
        {
            Assert.Equal("degraded", (await ModelBench.ReadyAsync(other)).GetProperty("status").GetString());
        }

        Directory.Move(bench.Folder("second.tmp"), bench.Folder("second"));
        await Eventually.TrueAsync("it follows after all", async () =>
            (await ModelBench.ReadyAsync(worker)) is var now
            && now.GetProperty("status").GetString() == "ok" && now.GetProperty("model").GetProperty("sha256").GetString() == bench.Second);
    }

    private static int Answered(ModelBench bench) => bench.Events.Outcomes.Select(outcome => outcome.EventId).Distinct().Count();

    private static async Task SwitchAsync(ModelBench bench, HostedWorker worker)
    {
        foreach (var model in new[] { bench.Second, bench.First })
        {
            var before = Answered(bench);
            await Eventually.TrueAsync("ECGs come in", () => Answered(bench) >= before + UnderWay);
            await ModelBench.ActivateAsync(worker, model);
            await Eventually.TrueAsync("it is used", () => bench.Events.Outcomes.Skip(before).Any(outcome => ModelBench.ModelOf(outcome) == model));
        }
    }

    private static Task PutOffAsync(ModelBench bench, HostedWorker worker, Guid eventId) => Eventually.TrueAsync(
        "the first attempt has failed",
        async () => (await worker.Services.GetRequiredService<IStudyLedger>().FindAsync(eventId, TestContext.Current.CancellationToken))?.Reasons.Count > 0
            && !bench.Events.Outcomes.Any(outcome => outcome.EventId == eventId));
}
