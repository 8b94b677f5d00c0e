using System.Text;
using EcgIntegration.Contracts.Events;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Pipeline;
using EcgIntegration.Worker.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;

namespace EcgIntegration.Worker.Tests.Pipeline;

/// <summary>A consumer's queue that takes nothing keeps outcomes from being confirmed, and no ECG from being read.</summary>
public sealed class UnconfirmedOutcomeTests(PostgresFixture postgres, RabbitMqFixture rabbit)
{
    [Fact]
    public async Task Ecgs_are_read_and_acknowledged_and_their_outcomes_published_once_they_can_be()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit, services: services => BlockedPublisher.Install(services, gate.Task));
        var events = new List<Guid>();
        for (var i = 0; i < 24; i++)
        {
            events.Add(await worker.Events.PublishAsync(Repository.ReadSample(i)));
        }

        foreach (var id in events)
        {
            await Eventually.TrueAsync("durable", async () =>
                await worker.StatusAsync($"/events/{id}") == System.Net.HttpStatusCode.OK
                && (await worker.JsonAsync($"/events/{id}")).GetProperty("status").GetString() != "received");
        }

        // More than are in work at once: those behind them had their turn, and nothing is left with the broker.
        await Eventually.TrueAsync("acknowledged", async () => await UnacknowledgedAsync(worker) == 0);
        Assert.Empty(worker.Events.Outcomes);

        gate.SetResult();
        foreach (var id in events)
        {
            await worker.Events.OutcomeAsync(id);
        }
    }

    [Fact]
    public async Task Bodies_without_an_id_hold_up_no_ecg_though_their_notices_are_not_confirmed_and_the_notices_come_at_last()
    {
        const int nameless = 24;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var worker = await RunningWorker.StartAsync(
            postgres, rabbit, services: services => BlockedPublisher.Install(services, notices: gate.Task));
        for (var i = 0; i < nameless; i++)
        {
            await worker.Events.PublishRawAsync(Encoding.UTF8.GetBytes($$"""{"resourceType":"Observation","number":{{i}}}"""));
        }

        // More than are in work at once: it has its turn behind them.
        var ecg = await worker.Events.PublishAsync(Repository.ReadSample(0));
        Assert.NotNull((await worker.Events.OutcomeAsync(ecg)).Report);
        await Eventually.TrueAsync("their outcomes", () => worker.Events.Outcomes.Count(outcome => outcome.Status == "rejected") >= nameless);
        Assert.Equal(0u, await worker.Events.DepthAsync("ecg.intake.dead"));

        gate.SetResult();
        await Eventually.TrueAsync(
            "their notices", async () => await worker.Events.DepthAsync("ecg.intake.dead") >= nameless, TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task A_full_queue_of_one_consumer_keeps_no_outcome_from_another()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        await using var full = await FullQueue.BindAsync(worker, "study.rejected");
        for (var i = 0; i < 4; i++)
        {
            var id = Guid.NewGuid();
            await worker.Events.PublishRawAsync(Encoding.UTF8.GetBytes($$"""{"eventId":"{{id}}","observation":{"resourceType":"Observation"} }"""));
            await worker.Events.OutcomeAsync(id, TimeSpan.FromSeconds(10));
        }

        // A refusal is an answer: it is not waited for as silence is.
        var publisher = worker.Services.GetRequiredService<IOutcomePublisher>();
        await Assert.ThrowsAsync<OutcomeRefusedException>(() => publisher.PublishAsync(
            new StudyOutcome(Guid.NewGuid(), null, StudyStatus.Rejected, null, null, null, null, [], TimeProvider.System.GetUtcNow()),
            TestContext.Current.CancellationToken).Soon());

        for (var i = 0; i < 20; i++)
        {
            await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Repository.ReadSample(i), stat: true), TimeSpan.FromSeconds(10));
        }
    }

    private async Task<int> UnacknowledgedAsync(RunningWorker worker)
    {
        var server = await rabbit.GetAsync();
        var lines = await server.ControlAsync(
            TestContext.Current.CancellationToken, "-q", "list_queues", "-p", worker.VirtualHost, "--no-table-headers", "messages");
        return lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Sum(line => int.TryParse(line, out var count) ? count : 0);
    }

    /// <summary>A consumer that takes one message and no more, and whose queue refuses the rest.</summary>
    private sealed class FullQueue(IConnection connection) : IAsyncDisposable
    {
        public static async Task<FullQueue> BindAsync(RunningWorker worker, string key)
        {
            var uri = new Uri(worker.Services.GetRequiredService<IConfiguration>()["RabbitMq:Uri"]!);
            var connection = await new ConnectionFactory { Uri = uri }.CreateConnectionAsync(TestContext.Current.CancellationToken);
            await using var channel = await connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
            await channel.QueueDeclareAsync(
                "full", durable: true, exclusive: false, autoDelete: false,
                new Dictionary<string, object?> { ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" },
                cancellationToken: TestContext.Current.CancellationToken);
            await channel.QueueBindAsync("full", "ecg.events", key, cancellationToken: TestContext.Current.CancellationToken);
            return new(connection);
        }

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
