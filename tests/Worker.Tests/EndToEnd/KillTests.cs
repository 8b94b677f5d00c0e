using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Tests.Support;
using Npgsql;

namespace EcgIntegration.Worker.Tests.EndToEnd;

public sealed class KillTests(PostgresFixture postgres, RabbitMqFixture rabbitMq) : IDisposable
{
    private readonly TestBundle _bundle = TestBundle.Create();

    public void Dispose() => _bundle.Dispose();

    [Fact]
    public async Task Every_ECG_ends_once_though_the_worker_is_killed_in_the_middle()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await rabbitMq.CreateVirtualHostAsync();
        await using var outcomes = await EventClient.ConnectAsync(host.AmqpUri);

        // Two ECGs a second: all of them would take it a quarter of a minute, so that the first outcome is not the last.
        var slow = new Dictionary<string, string> { ["ECG_Model__MaxDelay"] = "00:00:01", ["ECG_Intake__RoutineConcurrency"] = "2" };
        Task<List<string>> publishing;
        await using (var first = await WorkerProcess.StartAsync(database.ConnectionString, host.AmqpUri, _bundle.Folder, slow))
        {
            publishing = PublishAsync(host.AmqpUri);
            await Eventually.TrueAsync("the first outcome", () => Count(outcomes) > 0);
            await first.KillAsync();
        }

        var events = await publishing;
        Assert.True(Count(outcomes) < events.Count, "The worker was done before it was killed.");

        await using var second = await WorkerProcess.StartAsync(database.ConnectionString, host.AmqpUri, _bundle.Folder);
        await Eventually.TrueAsync("every ECG has its outcome", async () => await CountFinalAsync(second.Http, events) == events.Count, TimeSpan.FromMinutes(4));
        await Eventually.TrueAsync("every outcome is published", () => Count(outcomes) == events.Count);

        var answers = await Task.WhenAll(events.Select(id => second.Http.GetFromJsonAsync<JsonObject>($"/events/{id}", cancellation)));
        // At least once on the wire, but never two different ones.
        Assert.All(outcomes.Outcomes.GroupBy(outcome => outcome.EventId), one => Assert.Single(one.Select(outcome => outcome.Status).Distinct()));
        Assert.Equal(
            answers.Select(answer => (Guid)answer!["eventId"]!).Order(),
            outcomes.Outcomes.Select(outcome => outcome.EventId).Distinct().Order());
        Assert.Equal(events.Count, answers.Select(answer => (string?)answer!["studyId"]).Distinct().Count());
        Assert.Equal(events.Count, answers.Select(answer => (string?)answer!["report"]).Distinct().Count());
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var reports = source.CreateCommand("SELECT count(*) FROM resource WHERE type = 'DiagnosticReport'");
        Assert.Equal((long)events.Count, await reports.ExecuteScalarAsync(cancellation));
    }

    private static int Count(EventClient client) => client.Outcomes.Select(outcome => outcome.EventId).Distinct().Count();

    private static async Task<List<string>> PublishAsync(Uri amqp)
    {
        var result = await EcgProcess.RunAsync(
            ["publish", Repository.File("samples"), "--json"],
            new Dictionary<string, string> { ["ECG_RabbitMq__Uri"] = amqp.OriginalString },
            TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, result.Error);
        var events = result.Output.TrimEnd().Split('\n').Select(line => (string)JsonNode.Parse(line)!["eventId"]!).ToList();
        Assert.True(events.Count >= 24, $"{events.Count} samples");
        return events;
    }

    private static async Task<int> CountFinalAsync(HttpClient http, IEnumerable<string> events)
    {
        var count = 0;
        foreach (var id in events)
        {
            using var answer = await http.GetAsync($"/events/{id}", TestContext.Current.CancellationToken);
            if (answer.StatusCode == HttpStatusCode.OK
                && (string?)(await answer.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!["status"] != "received")
            {
                count++;
            }
        }

        return count;
    }
}
