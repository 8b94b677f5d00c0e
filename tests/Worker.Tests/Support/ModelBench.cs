using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Persistence.Models;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Classification;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EcgIntegration.Worker.Tests.Support;

/// <summary>
/// A database, a virtual host and two bundles, on which workers come and go: <c>first</c> is the default one and decides
/// whenever a label reaches its threshold; <c>second</c> knows nothing and leaves what is not urgent undecided.
/// </summary>
internal sealed class ModelBench : IAsyncDisposable
{
    private readonly TemporaryFolder _models = new();

    private ModelBench(TestDatabase database, TestVirtualHost broker, EventClient events)
    {
        Database = database;
        Broker = broker;
        Events = events;
        First = TestBundle.Create(folder: _models.File("first"), name: "first").Load().ModelSha256;
        Second = TestBundle.Create(new AbstentionRule(1, 0, 0), folder: _models.File("second"), name: "second").Load().ModelSha256;
    }

    public TestDatabase Database { get; }

    public TestVirtualHost Broker { get; }

    public EventClient Events { get; }

    /// <summary>Identity of the default bundle.</summary>
    public string First { get; }

    /// <summary>Identity of the other one.</summary>
    public string Second { get; }

    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    public static async Task<ModelBench> CreateAsync(PostgresFixture postgres, RabbitMqFixture rabbit)
    {
        var broker = await rabbit.CreateVirtualHostAsync();
        return new(await postgres.CreateDatabaseAsync(), broker, await EventClient.ConnectAsync(broker.AmqpUri));
    }

    /// <summary>Folder of a bundle.</summary>
    public string Folder(string name) => _models.File(name);

    /// <summary>Starts a worker.</summary>
    public Task<HostedWorker> StartAsync(Action<IServiceCollection>? configure = null, params (string Key, string Value)[] settings) =>
        HostedWorker.StartAsync(
            Database,
            Broker,
            configure,
            [("Model:Path", Folder("first")), ("Model:Bundles", _models.Path), ("Model:ShadowPerMinute", "60000"), .. settings]);

    /// <summary>Gives a role to a model.</summary>
    public static Task AssignAsync(HostedWorker worker, ModelRole role, string? sha256) =>
        worker.Services.GetRequiredService<IModelRoles>().AssignAsync(new(role, sha256, null, "test", "a test"), TestEnd);

    /// <summary>Makes a model active and waits until a worker has followed.</summary>
    public static async Task ActivateAsync(HostedWorker worker, string sha256)
    {
        await AssignAsync(worker, ModelRole.Active, sha256);
        await Eventually.TrueAsync("the worker follows", () => worker.Services.GetRequiredService<IModelPool>().Active.Sha256 == sha256);
    }

    /// <summary>An ECG that no other call with another number gives.</summary>
    public static byte[] Ecg(int number)
    {
        var samples = Repository.Samples.Count;
        var ecg = JsonNode.Parse(Repository.ReadSample(number % samples))!;
        ecg["id"] = $"model-bench-{number}";
        return JsonSerializer.SerializeToUtf8Bytes(ecg);
    }

    /// <summary>The model that an outcome names.</summary>
    public static string? ModelOf(EventClient.Outcome outcome) => (string?)JsonNode.Parse(outcome.Body)!["modelSha256"];

    /// <summary>What a worker says of its health; it must be in service.</summary>
    public static Task<JsonElement> ReadyAsync(HostedWorker worker) => worker.Http.GetFromJsonAsync<JsonElement>("/health/ready", TestEnd);

    /// <summary>Runs <c>ecg models</c>.</summary>
    public Task<EcgResult> ModelsAsync(params string[] arguments) => EcgProcess.RunAsync(
        ["models", .. arguments],
        new Dictionary<string, string>
        {
            ["ECG_Postgres__ConnectionString"] = Database.ConnectionString,
            ["ECG_Model__Path"] = Folder("first"),
            ["ECG_Model__Bundles"] = _models.Path,
            ["ECG_RUN"] = _models.File("run"),
            ["LANG"] = "C.UTF-8",
        },
        TestEnd);

    /// <summary>Rows of a query, each as its columns joined by blanks.</summary>
    public async Task<IReadOnlyList<string>> QueryAsync(string sql)
    {
        var rows = new List<string>();
        await using var source = NpgsqlDataSource.Create(Database.ConnectionString);
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(TestEnd);
        while (await reader.ReadAsync(TestEnd))
        {
            rows.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i))));
        }

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await Events.DisposeAsync();
        await Broker.DisposeAsync();
        await Database.DisposeAsync();
        _models.Dispose();
    }
}
