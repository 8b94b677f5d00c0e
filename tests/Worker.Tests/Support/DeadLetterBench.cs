using System.Text;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Messaging;
using RabbitMQ.Client;

namespace EcgIntegration.Worker.Tests.Support;

/// <summary>A database and a virtual host with the worker's queues and no worker, and ways to fill the dead-letter queue.</summary>
internal sealed class DeadLetterBench : IAsyncDisposable
{
    private readonly RabbitMqFixture _rabbit;
    private readonly IConnection _connection;

    private DeadLetterBench(RabbitMqFixture rabbit, TestDatabase database, TestVirtualHost broker, IConnection connection, EventClient events)
    {
        _rabbit = rabbit;
        _connection = connection;
        Database = database;
        Broker = broker;
        Events = events;
    }

    public TestDatabase Database { get; }

    public TestVirtualHost Broker { get; }

    public EventClient Events { get; }

    public TemporaryFolder Folder { get; } = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Runs a worker for as long as it takes to declare everything, and whatever is to happen meanwhile.</summary>
    public static async Task<DeadLetterBench> CreateAsync(
        PostgresFixture postgres, RabbitMqFixture rabbit, Func<EventClient, Task>? meanwhile = null)
    {
        var database = await postgres.CreateDatabaseAsync();
        var broker = await rabbit.CreateVirtualHostAsync();
        var connection = await new ConnectionFactory { Uri = broker.AmqpUri }.CreateConnectionAsync(Stop);
        var bench = new DeadLetterBench(rabbit, database, broker, connection, await EventClient.ConnectAsync(broker.AmqpUri));
        await using (await HostedWorker.StartAsync(database, broker))
        {
            await (meanwhile?.Invoke(bench.Events) ?? Task.CompletedTask);
        }

        return bench;
    }

    /// <summary>Sets a policy for the intake queues.</summary>
    public async Task SetPolicyAsync(string definition) => await (await _rabbit.GetAsync()).SetQueuePolicyAsync(
        QueueLimits.PolicyName, QueueLimits.Pattern, definition, Stop, Broker.Name);

    /// <summary>
    /// Has the broker give up everything on a queue, and then on the queue of what is given up: a message is returned until its
    /// delivery limit, which a policy lowers.
    /// </summary>
    public Task GiveUpAsync(string queue) => GiveUpAsync(queue, BrokerNames.Dead);

    /// <summary>Has the broker give up everything on an intake queue to the queue that a worker reads it from.</summary>
    public Task ReturnAsync(string queue) => GiveUpAsync(queue, BrokerNames.Returned);

    private async Task GiveUpAsync(string queue, string end)
    {
        const string lowered = """{"delivery-limit":1,"overflow":"reject-publish","dead-letter-strategy":"at-least-once"}""";
        var server = await _rabbit.GetAsync();
        await server.SetQueuePolicyAsync(QueueLimits.PolicyName, @"^ecg\.intake\.(stat|routine|replay|returned)$", lowered, Stop, Broker.Name);
        var before = await Events.DepthAsync(end);
        var count = await Events.DepthAsync(queue);
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: Stop);
        await Eventually.TrueAsync($"{queue} given up", async () =>
        {
            foreach (var name in ((string[])[queue, BrokerNames.Returned]).Where(name => name != end))
            {
                while (await channel.BasicGetAsync(name, autoAck: false, Stop) is { } delivery)
                {
                    await channel.BasicNackAsync(delivery.DeliveryTag, multiple: false, requeue: true, Stop);
                }
            }

            return await Events.DepthAsync(end) == before + count;
        });
        await SetPolicyAsync(QueueLimits.Default.Definition);
    }

    /// <summary>Puts a message on the dead-letter queue as anybody can.</summary>
    public async Task PublishDeadAsync(string body)
    {
        await using var channel = await _connection.CreateChannelAsync(new(true, true), Stop);
        await channel.BasicPublishAsync(BrokerNames.Dead, "", mandatory: true, new BasicProperties(), Encoding.UTF8.GetBytes(body), Stop);
    }

    /// <summary>Waits until so many messages are ready in a queue.</summary>
    public Task DepthAsync(string queue, uint expected) =>
        Eventually.TrueAsync($"{expected} in {queue}", async () => await Events.DepthAsync(queue) == expected);

    /// <summary>Runs <c>ecg queues …</c> on these servers.</summary>
    public Task<EcgResult> QueuesAsync(params string[] arguments) => EcgProcess.RunAsync(
        ["queues", .. arguments],
        new Dictionary<string, string>
        {
            ["ECG_RabbitMq__Uri"] = Broker.AmqpUri.OriginalString,
            ["ECG_Postgres__ConnectionString"] = Database.ConnectionString,
            ["LANG"] = "C.UTF-8",
        },
        Stop);

    public async ValueTask DisposeAsync()
    {
        Folder.Dispose();
        await Events.DisposeAsync();
        await _connection.DisposeAsync();
        await Broker.DisposeAsync();
        await Database.DisposeAsync();
    }
}
