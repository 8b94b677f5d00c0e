using System.Text;
using System.Text.Json.Nodes;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EcgIntegration.Worker.Tests.Replay;

/// <summary>A database and a virtual host, a foreign system on them, and workers that come and go.</summary>
internal sealed class ReplayBench : IAsyncDisposable
{
    private readonly TestBundle _other;
    private readonly TemporaryFolder _bundles;

    private ReplayBench(TestDatabase database, TestVirtualHost broker, EventClient events)
    {
        Database = database;
        Broker = broker;
        Events = events;
        _other = TestBundle.Create();
        _bundles = new TemporaryFolder();
        Directory.CreateSymbolicLink(Path.Combine(_bundles.Path, "other"), _other.Folder);
        OtherModel = _other.Load().Card.ModelSha256;
    }

    public TestDatabase Database { get; }

    public TestVirtualHost Broker { get; }

    public EventClient Events { get; }

    /// <summary>A model beside the shipped one; it knows other labels.</summary>
    public string OtherModel { get; }

    /// <summary>Folder of the bundles beside the default one.</summary>
    public string Bundles => _bundles.Path;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<ReplayBench> CreateAsync(PostgresFixture postgres, RabbitMqFixture rabbit)
    {
        var database = await postgres.CreateDatabaseAsync();
        var broker = await rabbit.CreateVirtualHostAsync();
        return new(database, broker, await EventClient.ConnectAsync(broker.AmqpUri));
    }

    public Task<HostedWorker> StartWorkerAsync(Action<IServiceCollection>? configure = null, params (string Key, string Value)[] settings) =>
        HostedWorker.StartAsync(Database, Broker, configure, [("Model:Bundles", Bundles), .. settings]);

    /// <summary>Publishes distinct ECGs, and returns their outcomes in that order.</summary>
    public async Task<IReadOnlyList<EventClient.Outcome>> ReadAsync(int count, string prefix = "e", string patient = "Patient/replayed")
    {
        var ids = new List<Guid>();
        for (var i = 0; i < count; i++)
        {
            ids.Add(await Events.PublishAsync(Ecg($"{prefix}{i}", i, patient)));
        }

        return await Task.WhenAll(ids.Select(id => Events.OutcomeAsync(id)));
    }

    /// <summary>A sample with an id and a patient of its own.</summary>
    public static byte[] Ecg(string id, int sample, string patient = "Patient/replayed")
    {
        var ecg = JsonNode.Parse(Repository.ReadSample(sample % Repository.Samples.Count))!;
        ecg["id"] = id;
        ecg["subject"] = new JsonObject { ["reference"] = patient };
        ecg["identifier"] = new JsonArray(new JsonObject { ["system"] = "urn:test", ["value"] = id });
        return Encoding.UTF8.GetBytes(ecg.ToJsonString());
    }

    /// <summary>Submits a replay.</summary>
    public static async Task<ReplayJob> SubmitAsync(
        HostedWorker worker, ReplaySelection? selection = null, string? model = null, bool dryRun = false, string? key = null, int? perMinute = null) =>
        (await worker.Services.GetRequiredService<IReplayJobs>().SubmitAsync(
            new(key ?? Guid.NewGuid().ToString(), selection ?? new(), model, dryRun, "a test", "tests", perMinute), Stop)).Job;

    /// <summary>Waits for a replay to come so far.</summary>
    public static async Task<ReplayJob> UntilAsync(HostedWorker worker, Guid job, Func<ReplayJob, bool> condition, TimeSpan? limit = null)
    {
        ReplayJob? last = null;
        await Eventually.TrueAsync(
            "the replay comes so far",
            async () =>
            {
                last = await worker.Services.GetRequiredService<IReplayJobs>().FindAsync(job, Stop);
                return condition(last!);
            },
            limit);
        return last!;
    }

    public static Task<ReplayJob> UntilDoneAsync(HostedWorker worker, ReplayJob job, TimeSpan? limit = null) =>
        UntilAsync(worker, job.Id, j => j.IsFinished, limit);

    public static Task<IReadOnlyList<ReplayLine>> LinesAsync(HostedWorker worker, ReplayJob job) =>
        worker.Services.GetRequiredService<IReplayJobs>().LinesAsync(job.Id, notableOnly: false, 10_000, after: null, Stop);

    /// <summary>Everything but replays and audit: how many rows, and a hash over all of them.</summary>
    public async Task<string> StateAsync()
    {
        var state = new StringBuilder();
        foreach (var table in new[] { "resource", "resource_history", "waveform", "study", "intake_event", "rejected_input" })
        {
            state.Append(table).Append(' ').Append(await ScalarAsync<string>(
                $"SELECT count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') FROM {table} t")).Append('\n');
        }

        return state.ToString();
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(Database.ConnectionString);
        await connection.OpenAsync(Stop);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(Stop))!;
    }

    /// <summary>Runs <c>ecg replay …</c> on these servers.</summary>
    public Task<EcgResult> EcgAsync(params string[] arguments) => EcgProcess.RunAsync(
        ["replay", .. arguments],
        new Dictionary<string, string>
        {
            ["ECG_RabbitMq__Uri"] = Broker.AmqpUri.OriginalString,
            ["ECG_Postgres__ConnectionString"] = Database.ConnectionString,
            ["ECG_Model__Path"] = Repository.Model,
            ["ECG_Model__Bundles"] = Bundles,
            ["LANG"] = "C.UTF-8",
        },
        Stop);

    public async ValueTask DisposeAsync()
    {
        await Events.DisposeAsync();
        await Broker.DisposeAsync();
        await Database.DisposeAsync();
        _bundles.Dispose();
        _other.Dispose();
    }

    /// <summary>The wire name of a status.</summary>
    public static string Name(StudyStatus status) => WireName.Of(status);
}
