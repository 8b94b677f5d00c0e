using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Commands;
using EcgIntegration.Worker.Commands.Publishing;
using EcgIntegration.Worker.Tests.Support;
using RabbitMQ.Client;

namespace EcgIntegration.Worker.Tests.Commands.Publishing;

public sealed class PublishCommandTests(RabbitMqFixture rabbitMq) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_event_that_no_queue_takes_is_an_error()
    {
        await using var host = await rabbitMq.CreateVirtualHostAsync();
        File.WriteAllBytes(_folder.File("a.json"), SyntheticEcg.Observation());

        var result = await PublishAsync(host, _folder.File("a.json"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("no queue", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Observations_are_wrapped_and_events_go_out_as_they_are()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var host = await rabbitMq.CreateVirtualHostAsync();
        await using var connection = await new ConnectionFactory { Uri = host.AmqpUri }.CreateConnectionAsync(cancellation);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        await channel.ExchangeDeclareAsync("ecg.events", ExchangeType.Topic, durable: true, cancellationToken: cancellation);
        await channel.QueueDeclareAsync("stat", exclusive: false, cancellationToken: cancellation);
        await channel.QueueBindAsync("stat", "ecg.events", "observation.received.stat", cancellationToken: cancellation);
        await channel.QueueDeclareAsync("routine", exclusive: false, cancellationToken: cancellation);
        await channel.QueueBindAsync("routine", "ecg.events", "observation.received.routine", cancellationToken: cancellation);
        var eventId = Guid.NewGuid();
        var own = $$"""{ "eventId" : "{{eventId}}", "priority":"stat", "reference":"Observation/7" }""";
        File.WriteAllBytes(_folder.File("1.json"), SyntheticEcg.Observation());
        File.WriteAllText(_folder.File("2.json"), own);
        File.WriteAllText(_folder.File("3.json"), """{"resourceType":"Patient"}""");
        File.WriteAllBytes(_folder.File("4.json"), [.. Encoding.ASCII.GetBytes($$"""{"eventId":"{{Guid.NewGuid()}}","sourceSystem":" """), 0x8C, 0xA9, .. "\"}"u8]);

        var result = await PublishAsync(host, _folder.Path, "--json");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(2, result.Output.TrimEnd().Split('\n').Length);
        var refused = result.Error.TrimEnd().Split('\n');
        Assert.Equal(2, refused.Length);
        Assert.Contains("3.json", refused[0], StringComparison.Ordinal);
        Assert.Contains("4.json", refused[1], StringComparison.Ordinal);
        Assert.Contains("UTF-8", refused[1], StringComparison.Ordinal);
        var wrapped = await channel.BasicGetAsync("routine", autoAck: true, cancellation);
        Assert.NotNull(wrapped);
        Assert.True(wrapped.BasicProperties.Persistent);
        var body = JsonNode.Parse(wrapped.Body.Span)!.AsObject();
        Assert.Equal(["eventId", "sourceSystem", "occurredAt", "priority", "observation"], body.Select(property => property.Key));
        Assert.Equal("routine", (string?)body["priority"]);
        Assert.Equal("ecg-publish", (string?)body["sourceSystem"]);
        Assert.Equal("Observation", (string?)body["observation"]!["resourceType"]);
        Assert.Matches(@"[+-]\d\d:\d\d$", (string?)body["occurredAt"]);
        var asItWas = await channel.BasicGetAsync("stat", autoAck: true, cancellation);
        Assert.NotNull(asItWas);
        Assert.Equal(own, Encoding.UTF8.GetString(asItWas.Body.Span));
    }

    [Fact]
    public async Task What_stays_without_an_outcome_is_named()
    {
        var sent = new PublishedEvent(new OutgoingEcg("folder/a.json", "a", default, new EventHead(null, null, null, false)), Guid.NewGuid(), default);
        var root = new RootCommand { Terminal.JsonOption, Terminal.LanguageOption };
        root.SetAction(parsed => UnansweredEcgs.Explain(Terminal.Of(parsed), [sent]));
        await using var error = new StringWriter();
        await root.Parse(["--lang", "en"]).InvokeAsync(
            new InvocationConfiguration { Output = TextWriter.Null, Error = error }, TestContext.Current.CancellationToken);

        Assert.StartsWith($"No outcome: {sent.EventId}  folder/a.json", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("1 without an outcome", error.ToString(), StringComparison.Ordinal);
    }

    private static Task<EcgResult> PublishAsync(TestVirtualHost host, params string[] arguments) => EcgProcess.RunAsync(
        ["publish", .. arguments],
        new Dictionary<string, string> { ["ECG_RabbitMq__Uri"] = host.AmqpUri.OriginalString },
        TestContext.Current.CancellationToken);
}
