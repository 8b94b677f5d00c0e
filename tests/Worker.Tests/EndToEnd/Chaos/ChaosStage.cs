using EcgIntegration.LocalServers;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Tests.Support;

namespace EcgIntegration.Worker.Tests.EndToEnd.Chaos;

/// <summary>What can be killed.</summary>
internal enum Victim
{
    Worker,
    Database,
    Broker,
}

/// <summary>
/// Two workers, a PostgreSQL and a RabbitMQ of their own, all durable. What is killed comes back on its data and its
/// address, as a supervisor would see to it.
/// </summary>
internal sealed class ChaosStage : IAsyncDisposable
{
    public const int Workers = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _databaseFolder = new();
    private readonly TemporaryFolder _brokerFolder = new();
    private readonly TestBundle _bundle = TestBundle.Create();
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly WorkerProcess?[] _workers = new WorkerProcess?[Workers];

    // All that ever ran: each holds a keeper that removes the folder, so they end together.
    private readonly Stack<IAsyncDisposable> _servers = new();
    private PrivatePostgres? _database;
    private PrivateRabbitMq? _broker;

    private ChaosStage(IReadOnlyDictionary<string, string> settings) => _settings = settings;

    public string Database => _database!.ConnectionString;

    public PrivateRabbitMq Broker => _broker!;

    public IEnumerable<WorkerProcess> Running => _workers.OfType<WorkerProcess>();

    private static PrivateServerOptions Options => new() { Durable = true, EndsWithStarter = true, Progress = Console.Error.WriteLine };

    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    public static async Task<ChaosStage> StartAsync(IReadOnlyDictionary<string, string> settings)
    {
        var stage = new ChaosStage(settings);
        try
        {
            await Task.WhenAll(stage.StartDatabaseAsync(), stage.StartBrokerAsync());
            await Task.WhenAll(Enumerable.Range(0, Workers).Select(stage.StartWorkerAsync));
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGKILL, and the restart; returns once it answers again.</summary>
    /// <param name="victim">What.</param>
    /// <param name="number">Which, of those that there are several of.</param>
    public async Task KillAsync(Victim victim, int number)
    {
        switch (victim)
        {
            case Victim.Worker:
                var worker = _workers[number % Workers]!;
                await worker.KillAsync();
                await worker.DisposeAsync();
                await StartWorkerAsync(number % Workers);
                break;
            case Victim.Database:
                _database!.Process.Signal(LocalServers.Processes.ProcessSignal.Kill);
                await _database.Process.WaitForExitAsync(Patience, TestEnd);
                await StartDatabaseAsync();
                break;
            default:
                _broker!.Process.Signal(LocalServers.Processes.ProcessSignal.Kill);
                await _broker.Process.WaitForExitAsync(Patience, TestEnd);
                await StartBrokerAsync();
                break;
        }
    }

    /// <summary>
    /// Restarts the broker in good order, once every queue is declared. RabbitMQ 3.10 writes the register of its quorum queues
    /// some seconds after a queue came to be: killed before, it finds the queue again without its log, and that never gets a leader.
    /// </summary>
    public async Task SettleAsync()
    {
        _broker!.Process.Signal(LocalServers.Processes.ProcessSignal.Terminate);
        await _broker.Process.WaitForExitAsync(Patience, TestEnd);
        await StartBrokerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in Running)
        {
            await worker.DisposeAsync();
        }

        while (_servers.TryPop(out var server))
        {
            await server.DisposeAsync();
        }

        _databaseFolder.Dispose();
        _brokerFolder.Dispose();
        _bundle.Dispose();
    }

    private async Task StartDatabaseAsync()
    {
        var before = _database?.ConnectionString;
        _database = await PrivatePostgres.StartAsync(_databaseFolder.Path, Options, TestEnd);
        _servers.Push(_database);
        Assert.Equal(before ?? _database.ConnectionString, _database.ConnectionString);
    }

    private async Task StartBrokerAsync()
    {
        var before = _broker?.AmqpUri;
        _broker = await PrivateRabbitMq.StartAsync(_brokerFolder.Path, Options, TestEnd);
        _servers.Push(_broker);
        Assert.Equal(before ?? _broker.AmqpUri, _broker.AmqpUri);
    }

    private async Task StartWorkerAsync(int number) =>
        _workers[number] = await WorkerProcess.StartAsync(Database, Broker.AmqpUri, _bundle.Folder, _settings);
}
