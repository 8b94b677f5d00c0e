using System.Globalization;
using EcgIntegration.LocalServers;
using EcgIntegration.TestKit;
using EcgIntegration.TestKit.Load;

namespace EcgIntegration.Soak;

/// <summary>What to run.</summary>
/// <param name="Ecgs">Different ECGs.</param>
/// <param name="Window">Most ECGs without an outcome at a time.</param>
/// <param name="Every">Time between two samples.</param>
internal sealed record SoakOptions(int Ecgs, int Window, TimeSpan Every);

/// <summary>One run, from empty servers to the verdict.</summary>
internal static class SoakRun
{
    private const int StatEvery = 10;

    /// <summary>Growth that counts as none: what a garbage collector's heap breathes.</summary>
    private const double Tolerance = 1.15;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Runs it.</summary>
    /// <returns>0 where memory and connections stayed flat and nothing was lost.</returns>
    public static async Task<int> RunAsync(SoakOptions options, CancellationToken cancellationToken)
    {
        var servers = new PrivateServerOptions { EndsWithStarter = true };
        using var databaseFolder = new TemporaryFolder();
        using var brokerFolder = new TemporaryFolder();
        await using var database = await PrivatePostgres.StartAsync(databaseFolder.Path, servers, cancellationToken);
        await using var broker = await PrivateRabbitMq.StartAsync(brokerFolder.Path, servers, cancellationToken);
        await using var outcomes = await OutcomeLog.StartAsync(broker.AmqpUri, keepAll: false);
        await using var worker = await WorkerProcess.StartAsync(database.ConnectionString, broker.AmqpUri, Repository.Model);
        await using var probe = await SoakProbe.StartAsync(worker, database, broker, outcomes, options.Every);

        await PublishAsync(options, broker, outcomes, cancellationToken);
        await Eventually.TrueAsync("every event has an outcome", () => outcomes.Events == options.Ecgs, Patience);
        await Eventually.TrueAsync(
            "every outcome is noted", async () => await LedgerProof.CountDoneAsync(database.ConnectionString) == options.Ecgs, Patience);
        var samples = await probe.EndAsync();

        var violations = await LedgerProof.ViolationsAsync(database.ConnectionString, cancellationToken);
        var stopped = await worker.StopAsync();
        return Judge(samples, violations, stopped);
    }

    /// <summary>The second quarter against the last: in the first, code is still being compiled and pools are being filled.</summary>
    private static int Judge(IReadOnlyList<SoakSample> samples, IReadOnlyList<string> violations, int exitCode)
    {
        var quarter = samples.Count / 4;
        if (quarter == 0)
        {
            Console.WriteLine("Too few samples for a verdict: run more ECGs, or sample more often.");
            return 1;
        }

        var early = samples.Skip(quarter).Take(quarter).ToList();
        var late = samples.TakeLast(quarter).ToList();
        var flat = Compare("resident memory, MB", sample => sample.ResidentMegabytes) & Compare("GC heap, MB", sample => sample.HeapMegabytes)
            & Compare("threads", sample => sample.Threads) & Compare("connections", sample => sample.Connections);
        foreach (var violation in violations)
        {
            Console.WriteLine(violation);
        }

        Console.WriteLine($"{samples[^1].Done} ECGs; {(flat ? "flat" : "not flat")}; {violations.Count} violations; the worker ended with {exitCode}.");
        return flat && violations.Count == 0 && exitCode == 0 ? 0 : 1;

        bool Compare(string what, Func<SoakSample, double> value)
        {
            var (before, after) = (Median(early, value), Median(late, value));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{what}: median {before:0.#} in the second quarter, {after:0.#} in the last, most {samples.Max(value):0.#}"));
            return after <= before * Tolerance;
        }
    }

    private static double Median(List<SoakSample> samples, Func<SoakSample, double> value) => samples.Select(value).Order().ElementAt(samples.Count / 2);

    private static async Task PublishAsync(SoakOptions options, PrivateRabbitMq broker, OutcomeLog outcomes, CancellationToken cancellationToken)
    {
        var variants = new EcgVariants();
        await using var publisher = new RetryingPublisher(broker.AmqpUri, TimeSpan.FromSeconds(30));
        for (var number = 0; number < options.Ecgs; number++)
        {
            var sent = number;
            await Eventually.TrueAsync("room in the window", () => sent - outcomes.Events < options.Window, Patience);
            await publisher.PublishAsync(
                OutgoingEvent.Of(Guid.NewGuid(), number % StatEvery == 0, DateTimeOffset.UnixEpoch.AddDays(20_000), variants.Ecg(number, "soak")), cancellationToken);
        }
    }
}
