using System.Text.Json.Nodes;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Messaging;
using EcgIntegration.Worker.Tests.Support;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace EcgIntegration.Worker.Tests.Messaging;

/// <summary>The policy of docs/queues.md on a real broker.</summary>
public sealed class QueueLimitsTests(PostgresFixture postgres, RabbitMqFixture rabbit)
{
    private static readonly string[] Intake = [BrokerNames.ReplayQueue, BrokerNames.RoutineQueue, BrokerNames.StatQueue];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_policy_holds_for_the_three_intake_queues_and_not_for_the_dead_letters()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var broker = await rabbit.CreateVirtualHostAsync();
        await SetAsync(broker, QueueLimits.Default);
        await using var worker = await HostedWorker.StartAsync(database, broker);
        var server = await rabbit.GetAsync();

        var queues = await server.ControlAsync(
            Stop, "-q", "list_queues", "-p", broker.Name, "--no-table-headers", "name", "type", "policy", "arguments");
        var rows = queues.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t'))
            .Where(row => row[0].StartsWith("ecg.", StringComparison.Ordinal))
            .ToDictionary(row => row[0]);

        Assert.Equal(((string[])[BrokerNames.Dead, BrokerNames.Returned, .. Intake]).Order(StringComparer.Ordinal), rows.Keys.Order(StringComparer.Ordinal));
        Assert.All(rows.Values, row => Assert.Equal("quorum", row[1]));
        Assert.Equal("", rows[BrokerNames.Dead][2]);
        var policies = await server.ControlAsync(Stop, "-q", "list_policies", "-p", broker.Name, "--formatter", "json");
        var set = Assert.Single(JsonNode.Parse(policies)!.AsArray())!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(QueueLimits.Default.Definition), JsonNode.Parse((string)set["definition"]!)), policies);
        foreach (var row in Intake.Select(name => rows[name]))
        {
            Assert.Equal(QueueLimits.PolicyName, row[2]);

            // These hold without any policy.
            Assert.Contains("x-dead-letter-exchange", row[3], StringComparison.Ordinal);
            Assert.Contains("x-delivery-limit", row[3], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task At_its_limit_a_queue_refuses_the_publisher_and_keeps_all_it_has_confirmed()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var broker = await rabbit.CreateVirtualHostAsync();
        await using (await HostedWorker.StartAsync(database, broker))
        {
            // Declares the queues.
        }

        await SetAsync(broker, QueueLimits.Default with { MaxMessages = 3 });
        await using var connection = await new ConnectionFactory { Uri = broker.AmqpUri }.CreateConnectionAsync(Stop);
        await using var channel = await connection.CreateChannelAsync(new(true, true), Stop);
        var confirmed = 0;
        PublishException? refusal = null;

        // The broker enforces the limit a moment after it is reached, so a few more may get in.
        while (refusal is null && confirmed < 200)
        {
            try
            {
                await channel.BasicPublishAsync("ecg.events", "observation.replay", mandatory: true, new BasicProperties { Persistent = true }, new[] { (byte)confirmed }, Stop);
                confirmed++;
            }
            catch (PublishException e)
            {
                refusal = e;
            }
        }

        Assert.NotNull(refusal);
        Assert.False(refusal.IsReturn);
        Assert.InRange(confirmed, 3, 199);
        for (var i = 0; i < confirmed; i++)
        {
            var kept = await channel.BasicGetAsync(BrokerNames.ReplayQueue, autoAck: true, Stop);
            Assert.NotNull(kept);
            Assert.Equal((byte)i, kept.Body.Span[0]);
        }

        Assert.Null(await channel.BasicGetAsync(BrokerNames.ReplayQueue, autoAck: true, Stop));
    }

    private async Task SetAsync(TestVirtualHost broker, QueueLimits limits) => await (await rabbit.GetAsync()).SetQueuePolicyAsync(
        QueueLimits.PolicyName, QueueLimits.Pattern, limits.Definition, Stop, broker.Name);
}
