using System.Globalization;
using System.Text.Json;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace EcgIntegration.Worker.Tests.Replay;

/// <summary>
/// A replay never makes a stat ECG wait for its turn. Small as a test; <c>ECG_BENCH_REPLAY=3000</c> measures a replay of so
/// many ECGs and prints the times (docs/replay.md).
/// </summary>
public sealed class StatDuringReplayTests(PostgresFixture postgres, RabbitMqFixture rabbit, ITestOutputHelper output)
{
    private static readonly int Replayed = int.Parse(Environment.GetEnvironmentVariable("ECG_BENCH_REPLAY") ?? "150", CultureInfo.InvariantCulture);

    private static readonly int Stats = Replayed > 1000 ? 300 : 12;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stat_ecgs_are_read_before_the_replay_is_through()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartWorkerAsync();
        for (var first = 0; first < Replayed; first += 100)
        {
            await bench.ReadAsync(Math.Min(100, Replayed - first), $"old{first}-");
        }

        await MeasureAsync(bench, "warm");
        var without = await MeasureAsync(bench, "idle");
        var begun = TimeProvider.System.GetTimestamp();
        var job = await ReplayBench.SubmitAsync(worker, new() { Patient = "Patient/replayed" }, model: bench.OtherModel);
        await ReplayBench.UntilAsync(worker, job.Id, j => j.Counts.Done > 0);
        var during = await MeasureAsync(bench, "busy");
        var then = (await worker.Services.GetRequiredService<IReplayJobs>().FindAsync(job.Id, Stop))!;
        var done = await ReplayBench.UntilDoneAsync(worker, then, TimeSpan.FromMinutes(15));
        var seconds = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;

        output.WriteLine($"stat without a replay: {Line(without)}");
        output.WriteLine($"stat during a replay:  {Line(during)} ({then.Counts.Done} of {then.Counts.Total} were replayed by then)");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"replay: {done.Counts.Done} ECGs in {seconds:F1} s, {done.Counts.Done / seconds:F1} a second"));
        Assert.Equal((Replayed, Replayed), (done.Counts.Done, done.Counts.Written));
        Assert.True(then.Counts.Done < Replayed, "The stat ECGs had to wait until the replay was through.");

        // Against the same machine a moment before, generously, because others work on it too: an ECG that waited behind those of
        // the replay would take as long as the replay.
        var (idle, busy) = (At(without, 0.99), At(during, 0.99));
        Assert.True(busy <= Most(idle), string.Create(
            CultureInfo.InvariantCulture, $"p99 of a stat ECG was {busy:F0} ms during a replay and {idle:F0} ms without one."));
    }

    private static double Most(double idle) => (10 * idle) + 1000;

    /// <summary>Sends stat ECGs one after another, and returns the milliseconds from publishing to the durable result, in rising order.</summary>
    private static async Task<double[]> MeasureAsync(ReplayBench bench, string prefix)
    {
        var times = new double[Stats];
        for (var i = 0; i < Stats; i++)
        {
            var ecg = ReplayBench.Ecg($"{prefix}{i}", i, "Patient/stat");
            var published = TimeProvider.System.GetUtcNow();
            var outcome = await bench.Events.OutcomeAsync(await bench.Events.PublishAsync(ecg, stat: true));
            using var body = JsonDocument.Parse(outcome.Body);
            times[i] = (body.RootElement.GetProperty("finishedAt").GetDateTimeOffset() - published).TotalMilliseconds;
        }

        Array.Sort(times);
        return times;
    }

    private static string Line(double[] times)
    {
        return string.Create(
            CultureInfo.InvariantCulture,
            $"n = {times.Length}, p50 {At(times, 0.5):F0} ms, p95 {At(times, 0.95):F0} ms, p99 {At(times, 0.99):F0} ms, longest {times[^1]:F0} ms");
    }

    private static double At(double[] times, double share) => times[(int)Math.Ceiling(share * times.Length) - 1];
}
