using System.Text.Json.Nodes;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Messaging;
using EcgIntegration.Worker.Tests.Support;

namespace EcgIntegration.Worker.Tests.Commands.Operations;

public sealed class QueuesCommandTests(PostgresFixture postgres, RabbitMqFixture rabbit)
{
    private static readonly string[] Names = [BrokerNames.StatQueue, BrokerNames.RoutineQueue, BrokerNames.ReplayQueue, BrokerNames.Returned, BrokerNames.Dead];

    [Fact]
    public async Task Depths_consumers_rates_and_dead_letters_are_shown()
    {
        await using var bench = await DeadLetterBench.CreateAsync(postgres, rabbit, async events =>
        {
            await events.OutcomeAsync(await events.PublishAsync(Repository.ReadSample(0), stat: true));
            await events.PublishRawAsync("no event"u8.ToArray());
            await events.OutcomeAsync(outcome => outcome.Status == "rejected");
        });
        await bench.Events.PublishAsync(Repository.ReadSample(1));
        await bench.DepthAsync(BrokerNames.RoutineQueue, 1);

        var result = await bench.QueuesAsync("--json");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var lines = result.Output.TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!).ToDictionary(line => (string)line["queue"]!);
        Assert.Equal(Names, lines.Keys);
        Assert.Equal([0, 1, 0, 0, 1], Names.Select(name => (int)lines[name]["ready"]!));
        Assert.All(lines.Values, line =>
        {
            Assert.True((bool)line["declared"]!);
            Assert.Equal((int)line["ready"]!, (int)line["messageCount"]!);
            Assert.Equal(0, (int)line["consumerCount"]!);
            Assert.Null(line["unacknowledged"]);
        });
        Assert.Equal(1 / 15.0, (double)lines[BrokerNames.StatQueue]["finishedPerMinute"]!["last15"]!);
        Assert.Equal(1 / 15.0, (double)lines[BrokerNames.RoutineQueue]["receivedPerMinute"]!["last15"]!);
        Assert.Equal(0, (int)lines[BrokerNames.StatQueue]["undecided"]!);
        Assert.Null(lines[BrokerNames.ReplayQueue]["receivedPerMinute"]);

        var table = await bench.QueuesAsync("--lang", "ja");
        Assert.All(Names, name => Assert.Contains(name, table.Output, StringComparison.Ordinal));
        Assert.Contains("1件", table.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Depths_are_shown_though_the_database_is_away()
    {
        await using var broker = await rabbit.CreateVirtualHostAsync();

        var result = await EcgProcess.RunAsync(
            ["queues", "--json"],
            new Dictionary<string, string>
            {
                ["ECG_RabbitMq__Uri"] = broker.AmqpUri.OriginalString,
                ["ECG_Postgres__ConnectionString"] = "postgresql://user:hidden-word@127.0.0.1:1/ecg",
            },
            TestContext.Current.CancellationToken);

        Assert.Equal(0, result.ExitCode);
        var lines = result.Output.TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(Names, lines.Select(line => (string)line["queue"]!));
        Assert.All(lines, line => Assert.False((bool)line["declared"]!));
        Assert.Contains("PostgreSQL", Assert.Single(result.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-word", result.Error, StringComparison.Ordinal);
    }
}
