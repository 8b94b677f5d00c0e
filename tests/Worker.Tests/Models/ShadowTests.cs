using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Models;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Pipeline;
using EcgIntegration.Worker.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace EcgIntegration.Worker.Tests.Models;

/// <summary>A model in the shadow reads what the active one has decided, and writes nothing but what it keeps.</summary>
public sealed class ShadowTests(PostgresFixture postgres, RabbitMqFixture rabbit)
{
    private const int Ecgs = 12;

    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_it_says_is_kept_for_each_study_and_changes_no_result()
    {
        await using var bench = await ModelBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartAsync();
        var early = await bench.Events.OutcomeAsync(await bench.Events.PublishAsync(ModelBench.Ecg(100)));
        await ModelBench.AssignAsync(worker, ModelRole.Shadow, bench.Second);
        var pool = worker.Services.GetRequiredService<IModelPool>();
        await Eventually.TrueAsync("the shadow is loaded", () => pool.Shadow?.Sha256 == bench.Second);
        Assert.Equal(bench.Second, (await ModelBench.ReadyAsync(worker)).GetProperty("shadow").GetProperty("sha256").GetString());

        var events = new List<Guid>();
        for (var i = 0; i < Ecgs; i++)
        {
            events.Add(await bench.Events.PublishAsync(ModelBench.Ecg(i)));
        }

        var results = worker.Services.GetRequiredService<IShadowResults>();
        await Eventually.TrueAsync(
            "the shadow has read them", async () => (await results.SummariseAsync(bench.Second, null, TestEnd)).Compared == Ecgs);

        // Not the one before, and each with what the model says about that ECG.
        var kept = await bench.QueryAsync("SELECT study_id, model_sha256, status, urgency FROM shadow_result");
        var shadow = await pool.GetAsync(bench.Second, TestEnd);
        var expected = new List<string>();
        for (var i = 0; i < Ecgs; i++)
        {
            var outcome = await bench.Events.OutcomeAsync(events[i]);
            Assert.Equal(bench.First, ModelBench.ModelOf(outcome));
            Assert.True(IncomingEcg.TryRead(ModelBench.Ecg(i), out var ecg, out _));
            var said = await EcgAnalyser.AnalyseAsync(shadow, ecg.Recording, EventPriority.Routine, WindowPriority.Foreground, TestEnd);
            expected.Add($"{outcome.StudyId} {bench.Second} {WireName.Of(said.Verdict.Status)} {WireName.Of(said.Verdict.Urgency)}");
        }

        Assert.Equal(expected.Order(), kept.Order());
        Assert.DoesNotContain(kept, row => row.StartsWith($"{early.StudyId}", StringComparison.Ordinal));

        // The store knows nothing of it.
        Assert.Equal([bench.First], await bench.QueryAsync("SELECT id FROM resource WHERE type = 'Device'"));
        Assert.Equal([$"{Ecgs + 1} 1"], await bench.QueryAsync("SELECT count(*), max(version) FROM resource WHERE type = 'DiagnosticReport'"));
        Assert.Equal([bench.First], await bench.QueryAsync("SELECT DISTINCT model_sha256 FROM study"));
    }

    [Fact]
    public async Task A_worker_that_ends_in_the_middle_leaves_the_rest_to_the_next()
    {
        await using var bench = await ModelBench.CreateAsync(postgres, rabbit);
        await using (var slow = await bench.StartAsync(settings: ("Model:ShadowPerMinute", "1")))
        {
            await ModelBench.AssignAsync(slow, ModelRole.Shadow, bench.Second);
            await Eventually.TrueAsync("the shadow is loaded", () => slow.Services.GetRequiredService<IModelPool>().Shadow is not null);
            for (var i = 0; i < Ecgs; i++)
            {
                await bench.Events.OutcomeAsync(await bench.Events.PublishAsync(ModelBench.Ecg(i)));
            }

            await Eventually.TrueAsync("it has begun", async () => await CountAsync(bench) > 0);
        }

        Assert.True(await CountAsync(bench) < Ecgs);
        await using var next = await bench.StartAsync();
        await Eventually.TrueAsync("all are read", async () => await CountAsync(bench) == Ecgs);
    }

    [Fact]
    public async Task Two_workers_read_for_the_shadow_without_doing_it_twice()
    {
        await using var bench = await ModelBench.CreateAsync(postgres, rabbit);
        await using var one = await bench.StartAsync();
        await using var two = await bench.StartAsync();
        await ModelBench.AssignAsync(one, ModelRole.Shadow, bench.Second);
        for (var i = 0; i < Ecgs; i++)
        {
            await bench.Events.PublishAsync(ModelBench.Ecg(i));
        }

        await Eventually.TrueAsync("all are read", async () => await CountAsync(bench) == Ecgs);
        Assert.Equal([$"{Ecgs}"], await bench.QueryAsync("SELECT count(DISTINCT study_id) FROM shadow_result"));
    }

    [Fact]
    public async Task An_ecg_that_fails_once_is_read_again_though_it_finished_long_ago()
    {
        await using var bench = await ModelBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartAsync(
            services => FaultyService<IFhirStore>.Install(services, nameof(IFhirStore.ReadVersionAsync), faults: 2));
        await bench.Events.OutcomeAsync(await bench.Events.PublishAsync(ModelBench.Ecg(0)));
        await bench.QueryAsync("UPDATE study SET finished_at = now() - interval '1 hour' RETURNING id");

        // Given the role before that, as after an outage of the shadow.
        await ModelBench.AssignAsync(worker, ModelRole.Shadow, bench.Second);
        await bench.QueryAsync("UPDATE model_role SET since = now() - interval '2 hours' WHERE role = 'shadow' RETURNING role");

        await Eventually.TrueAsync("it is read", async () => await CountAsync(bench) == 1);
        Assert.DoesNotContain("failed", await bench.QueryAsync("SELECT status FROM shadow_result"));
    }

    private static async Task<long> CountAsync(ModelBench bench) =>
        long.Parse((await bench.QueryAsync("SELECT count(*) FROM shadow_result"))[0], System.Globalization.CultureInfo.InvariantCulture);
}
