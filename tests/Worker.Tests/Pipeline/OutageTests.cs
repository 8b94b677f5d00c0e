using System.Net;
using EcgIntegration.LocalServers;
using EcgIntegration.LocalServers.Processes;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Tests.Support;

namespace EcgIntegration.Worker.Tests.Pipeline;

/// <summary>An outage of the database costs time, not ECGs.</summary>
public sealed class OutageTests(RabbitMqFixture rabbit)
{
    private const int Ecgs = 12;

    [Fact]
    public async Task Ecgs_that_come_while_the_database_is_killed_are_answered_once_it_is_back()
    {
        var options = new PrivateServerOptions { EndsWithStarter = true };
        using var folder = new TemporaryFolder();
        await using var first = await PrivatePostgres.StartAsync(folder.Path, options, TestContext.Current.CancellationToken);
        await using var worker = await RunningWorker.StartAsync(first.ConnectionString, rabbit);
        var before = await PublishAsync(worker, 0, Ecgs / 3);

        first.Process.Signal(ProcessSignal.Kill);
        Assert.True(await first.Process.WaitForExitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        var during = await PublishAsync(worker, Ecgs / 3, Ecgs);
        await Eventually.TrueAsync("not ready", async () => await worker.StatusAsync("/health/ready") == HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, await worker.StatusAsync("/health/live"));
        await using var second = await PrivatePostgres.StartAsync(folder.Path, options, TestContext.Current.CancellationToken);

        Assert.Equal(first.ConnectionString, second.ConnectionString);
        foreach (var eventId in before.Concat(during))
        {
            var outcome = await worker.Events.OutcomeAsync(eventId, TimeSpan.FromSeconds(90));
            Assert.NotNull(outcome.Report);
            Assert.Equal(outcome.Status, (await worker.JsonAsync($"/events/{eventId}")).GetProperty("status").GetString());
        }

        Assert.Equal(Ecgs, worker.Events.Outcomes.Select(outcome => outcome.StudyId).Distinct().Count());
    }

    private static async Task<List<Guid>> PublishAsync(RunningWorker worker, int from, int to)
    {
        var ids = new List<Guid>();
        for (var sample = from; sample < to; sample++)
        {
            ids.Add(await worker.Events.PublishAsync(Repository.ReadSample(sample), stat: sample % 2 == 0));
        }

        return ids;
    }
}
