using EcgIntegration.TestKit;
using EcgIntegration.Worker.Tests.Support;

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

    private async Task<int> UnacknowledgedAsync(RunningWorker worker)
    {
        var server = await rabbit.GetAsync();
        var lines = await server.ControlAsync(
            TestContext.Current.CancellationToken, "-q", "list_queues", "-p", worker.VirtualHost, "--no-table-headers", "messages");
        return lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Sum(line => int.TryParse(line, out var count) ? count : 0);
    }
}
