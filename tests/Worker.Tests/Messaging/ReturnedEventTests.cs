using System.Globalization;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Messaging;
using EcgIntegration.Worker.Tests.Support;
using RabbitMQ.Client;

namespace EcgIntegration.Worker.Tests.Messaging;

/// <summary>What the broker takes off an intake queue has its outcome as well.</summary>
public sealed class ReturnedEventTests(PostgresFixture postgres, RabbitMqFixture rabbit)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_that_its_sender_let_expire_is_read_all_the_same()
    {
        await using var bench = await DeadLetterBench.CreateAsync(postgres, rabbit);
        var eventId = Guid.NewGuid();
        await PublishAsync(bench, eventId, new BasicProperties { Persistent = true, Expiration = "1" });
        await bench.DepthAsync(BrokerNames.Returned, 1);

        await using var worker = await HostedWorker.StartAsync(bench.Database, bench.Broker);
        Assert.Equal("classified", (await bench.Events.OutcomeAsync(eventId)).Status);
        await bench.DepthAsync(BrokerNames.Returned, 0);
        Assert.Equal(0u, await bench.Events.DepthAsync(BrokerNames.Dead));
    }

    [Fact]
    public async Task An_event_given_up_at_its_delivery_limit_has_failed_and_its_body_is_in_the_ledger_only()
    {
        await using var bench = await DeadLetterBench.CreateAsync(postgres, rabbit);
        var eventId = Guid.NewGuid();
        await PublishAsync(bench, eventId, new BasicProperties { Persistent = true });
        await bench.ReturnAsync(BrokerNames.StatQueue);

        await using var worker = await HostedWorker.StartAsync(bench.Database, bench.Broker);
        var outcome = await bench.Events.OutcomeAsync(eventId);

        Assert.Equal("failed", outcome.Status);
        Assert.Equal(["delivery-limit"], outcome.ReasonCodes);
        await bench.DepthAsync(BrokerNames.Returned, 0);
        Assert.Equal(0u, await bench.Events.DepthAsync(BrokerNames.Dead));
        var export = await bench.QueuesAsync("export", eventId.ToString(), "--out", bench.Folder.File("body.json"));
        Assert.True(export.ExitCode == 0, export.Error);
        Assert.Contains(eventId.ToString(), await File.ReadAllTextAsync(bench.Folder.File("body.json"), Stop), StringComparison.Ordinal);
    }

    private static async Task PublishAsync(DeadLetterBench bench, Guid eventId, BasicProperties properties)
    {
        await using var connection = await new ConnectionFactory { Uri = bench.Broker.AmqpUri }.CreateConnectionAsync(Stop);
        await using var channel = await connection.CreateChannelAsync(new(true, true), Stop);
        var head = string.Create(CultureInfo.InvariantCulture, $$"""{"eventId":"{{eventId}}","observation":""");
        byte[] body = [.. System.Text.Encoding.UTF8.GetBytes(head), .. Repository.ReadSample(0), (byte)'}'];
        await channel.BasicPublishAsync("ecg.events", "observation.received.stat", mandatory: true, properties, body, Stop);
    }
}
