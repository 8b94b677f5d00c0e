using System.Globalization;
using EcgIntegration.LocalServers;
using EcgIntegration.TestKit;
using EcgIntegration.TestKit.Load;
using Npgsql;
using RabbitMQ.Client;

namespace EcgIntegration.Soak;

/// <summary>One look at a running worker.</summary>
/// <param name="Seconds">Since the start.</param>
/// <param name="Done">ECGs with an outcome.</param>
/// <param name="ResidentMegabytes">The process's resident memory.</param>
/// <param name="HeapMegabytes">Its managed heap after the last collection.</param>
/// <param name="Threads">Its threads.</param>
/// <param name="Connections">Its connections to PostgreSQL.</param>
/// <param name="Ready">Messages that wait in the intake's queues, those of dead letters included.</param>
/// <param name="DatabaseMegabytes">The database on disk.</param>
internal sealed record SoakSample(
    double Seconds, int Done, double ResidentMegabytes, double HeapMegabytes, double Threads, double Connections, long Ready, double DatabaseMegabytes);

/// <summary>Looks at the worker at intervals, from outside.</summary>
internal sealed class SoakProbe : IAsyncDisposable
{
    private const string HeapMetric = "dotnet_gc_last_collection_heap_size_bytes";
    private static readonly string[] Queues = ["ecg.intake.stat", "ecg.intake.routine", "ecg.intake.replay", "ecg.intake.returned", "ecg.intake.dead"];

    private readonly WorkerProcess _worker;
    private readonly OutcomeLog _outcomes;
    private readonly NpgsqlDataSource _database;
    private readonly IConnection _broker;
    private readonly CancellationTokenSource _end = new();
    private readonly List<SoakSample> _samples = [];
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private readonly Task _running;

    private SoakProbe(WorkerProcess worker, OutcomeLog outcomes, NpgsqlDataSource database, IConnection broker, TimeSpan every)
    {
        (_worker, _outcomes, _database, _broker) = (worker, outcomes, database, broker);
        Console.WriteLine("seconds | ECGs | resident MB | GC heap MB | threads | connections | messages ready | database MB");
        _running = RunAsync(every);
    }

    public static async Task<SoakProbe> StartAsync(
        WorkerProcess worker, PrivatePostgres database, PrivateRabbitMq broker, OutcomeLog outcomes, TimeSpan every) => new(
        worker,
        outcomes,
        NpgsqlDataSource.Create(database.ConnectionString + ";Maximum Pool Size=1"),
        await new ConnectionFactory { Uri = broker.AmqpUri }.CreateConnectionAsync(),
        every);

    /// <summary>Looks a last time.</summary>
    public async Task<IReadOnlyList<SoakSample>> EndAsync()
    {
        await _end.CancelAsync();
        await _running;
        await SampleAsync();
        return _samples;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _end.Dispose();
        await _database.DisposeAsync();
        await _broker.DisposeAsync();
    }

    private async Task RunAsync(TimeSpan every)
    {
        using var timer = new PeriodicTimer(every);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                await SampleAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the run.
        }
    }

    private async Task SampleAsync()
    {
        var status = await File.ReadAllLinesAsync($"/proc/{_worker.ProcessId}/status");
        await using var command = _database.CreateCommand(
            "SELECT (SELECT count(*) FROM pg_stat_activity WHERE application_name = 'ecg-integration'), pg_database_size(current_database())");
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        var sample = new SoakSample(
            TimeProvider.System.GetElapsedTime(_start).TotalSeconds,
            _outcomes.Events,
            Field(status, "VmRSS:") / 1024,
            await HeapAsync() / 1e6,
            Field(status, "Threads:"),
            reader.GetInt64(0),
            await ReadyAsync(),
            reader.GetInt64(1) / 1e6);
        _samples.Add(sample);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{sample.Seconds:0} | {sample.Done} | {sample.ResidentMegabytes:0} | {sample.HeapMegabytes:0.0} | {sample.Threads} | {sample.Connections} | {sample.Ready} | {sample.DatabaseMegabytes:0}"));
    }

    private static double Field(string[] status, string name) => double.Parse(
        status.Single(line => line.StartsWith(name, StringComparison.Ordinal)).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    private async Task<double> HeapAsync()
    {
        var metrics = await _worker.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        return metrics.Split('\n').Where(line => line.StartsWith(HeapMetric + "{", StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));
    }

    private async Task<long> ReadyAsync()
    {
        await using var channel = await _broker.CreateChannelAsync();
        long ready = 0;
        foreach (var queue in Queues)
        {
            ready += (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
        }

        return ready;
    }
}
