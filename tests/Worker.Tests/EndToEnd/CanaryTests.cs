using System.Text;
using EcgIntegration.TestKit;

namespace EcgIntegration.Worker.Tests.EndToEnd;

/// <summary>
/// Every sample's patient has a family name and an identifier that stand nowhere else: they may lie in the database and in
/// the intake's queues, and appear in no log line, the servers' own included, no outcome and no other queue.
/// </summary>
public sealed class CanaryTests(PostgresFixture postgres, RabbitMqFixture rabbitMq)
{
    /// <summary>A name that could be an element's.</summary>
    private const string AsciiName = "MihonKanaria";

    private static readonly string[] Canaries = ["見本", "金糸雀", "CANARY-", AsciiName];

    [Fact]
    public async Task Names_and_identifiers_stay_in_the_database()
    {
        var samples = Enumerable.Range(0, Repository.Samples.Count).Select(Repository.ReadSample).ToList();
        Assert.All(samples, sample => Assert.Contains("CANARY-", Encoding.UTF8.GetString(sample), StringComparison.Ordinal));
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await rabbitMq.CreateVirtualHostAsync();
        await using var client = await EventClient.ConnectAsync(host.AmqpUri);
        await using var worker = await WorkerProcess.StartAsync(database.ConnectionString, host.AmqpUri, Repository.Model);

        foreach (var sample in samples)
        {
            await client.OutcomeAsync(await client.PublishAsync(sample));
        }

        await PublishDamagedAsync(client, Encoding.UTF8.GetString(samples[0]));
        using var search = await worker.Http.GetAsync(
            "/fhir/DiagnosticReport?patient=CANARY-0001&unknown=見本", TestContext.Current.CancellationToken);
        var dead = new List<string>();
        while (await client.TakeAsync("ecg.intake.dead") is { } notice)
        {
            dead.Add(notice);
        }

        Assert.NotEmpty(dead);
        Assert.Contains("study", string.Concat(client.Outcomes.Select(outcome => outcome.RoutingKey)), StringComparison.Ordinal);
        Assert.Contains("classified", worker.Log, StringComparison.Ordinal);
        var servers = await ServerLogsAsync();
        foreach (var canary in Canaries)
        {
            Assert.DoesNotContain(canary, worker.Log, StringComparison.Ordinal);
            Assert.All(servers, log => Assert.DoesNotContain(canary, log, StringComparison.Ordinal));
            Assert.All(dead, notice => Assert.DoesNotContain(canary, notice, StringComparison.Ordinal));
            Assert.All(client.Outcomes, outcome => Assert.DoesNotContain(canary, outcome.Body, StringComparison.Ordinal));
        }
    }

    private async Task<List<string>> ServerLogsAsync()
    {
        var server = await rabbitMq.GetAsync();
        List<string> logs = [await ReadAsync((await postgres.GetAsync()).LogFile)];
        foreach (var file in server.LogFiles)
        {
            logs.Add(await ReadAsync(file));
        }

        Assert.Contains("database system is ready", logs[0], StringComparison.Ordinal);
        Assert.Contains(logs.Skip(1), log => log.Contains("accepting AMQP connection", StringComparison.Ordinal));
        return logs;

        static async Task<string> ReadAsync(string file)
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream);
            return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Each way in which an ECG can be refused, with the name where a careless message would quote it.</summary>
    private static async Task PublishDamagedAsync(EventClient client, string sample)
    {
        string[] refused =
        [
            sample.Replace("\"status\":", "\"見本\":1,\"status\":", StringComparison.Ordinal),
            sample.Replace("\"status\":", $"\"{AsciiName}\":1,\"status\":", StringComparison.Ordinal),
            sample.Replace("\"subject\":{", $"\"subject\":{{\"{AsciiName}\":{{\"{AsciiName}\":1}},", StringComparison.Ordinal)
                .Replace("\"subject\": {", $"\"subject\": {{\"{AsciiName}\":{{\"{AsciiName}\":1}},", StringComparison.Ordinal),
            sample.Replace("\"final\"", "\"見本\"", StringComparison.Ordinal),
            sample.Replace("\"mV\"", "\"見本\"", StringComparison.Ordinal).Replace("\"uV\"", "\"見本\"", StringComparison.Ordinal),
            sample.Replace("+09:00\"", "見本\"", StringComparison.Ordinal),
            sample.Replace("\"Observation\"", "\"見本\"", StringComparison.Ordinal),
        ];
        foreach (var observation in refused)
        {
            Assert.NotEqual(sample, observation);
            var outcome = await client.OutcomeAsync(await client.PublishAsync(Encoding.UTF8.GetBytes(observation)));
            Assert.Equal("rejected", outcome.Status);
        }

        await client.PublishRawAsync(Encoding.UTF8.GetBytes(sample));
        await client.OutcomeAsync(outcome => outcome.ReasonCodes.Contains("event-id-missing"));
        await client.PublishRawAsync(Encoding.UTF8.GetBytes(sample[..^9]));
        await client.OutcomeAsync(outcome => outcome.ReasonCodes.Contains("body-not-json"));
    }
}
