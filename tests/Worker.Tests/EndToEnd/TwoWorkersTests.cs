using EcgIntegration.TestKit;
using EcgIntegration.TestKit.Load;
using EcgIntegration.Worker.Tests.Support;
using Npgsql;

namespace EcgIntegration.Worker.Tests.EndToEnd;

/// <summary>Two workers on the same queues and database: both work, and no ECG has two results.</summary>
[Collection(Alone.Name)]
public sealed class TwoWorkersTests(PostgresFixture postgres, RabbitMqFixture rabbitMq) : IDisposable
{
    private const string Prefix = "two";
    private const string OutcomeLine = "reasons [";

    private readonly TestBundle _bundle = TestBundle.Create();
    private readonly EcgVariants _variants = new();

    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    public void Dispose() => _bundle.Dispose();

    [Fact]
    public async Task Both_work_and_every_ecg_has_one_result()
    {
        const int Ecgs = 80;
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await rabbitMq.CreateVirtualHostAsync();
        await using var outcomes = await OutcomeLog.StartAsync(host.AmqpUri);
        await using var first = await StartAsync(database, host, "00:00:00.1");
        await using var second = await StartAsync(database, host, "00:00:00.1");

        var events = await PublishAsync(host, Ecgs);
        await DoneAsync(database, outcomes, events);

        Assert.Contains(OutcomeLine, first.Log, StringComparison.Ordinal);
        Assert.Contains(OutcomeLine, second.Log, StringComparison.Ordinal);
        await OneResultEachAsync(database, outcomes, events);
    }

    [Fact]
    public async Task One_that_stands_still_for_longer_than_its_lease_makes_no_second_result()
    {
        const int Ecgs = 60;
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await rabbitMq.CreateVirtualHostAsync();
        await using var outcomes = await OutcomeLog.StartAsync(host.AmqpUri);
        await using var stopped = await StartAsync(database, host, "00:00:01");
        var publishing = PublishAsync(host, Ecgs);
        await Eventually.TrueAsync("the first has ECGs in work", async () => (await ReceivedAsync(database)).Count >= 4);

        stopped.Pause();
        var left = await ReceivedAsync(database);
        Assert.NotEmpty(left);
        await using var other = await StartAsync(database, host, "00:00:00.1");
        await Eventually.TrueAsync(
            "the other has taken up what the first was at", async () => !left.Overlaps(await ReceivedAsync(database)), TimeSpan.FromMinutes(2));
        var takenUp = (await LedgerProof.ReadAsync(database.ConnectionString, TestEnd)).Where(line => left.Contains(line.Key)).ToList();
        Assert.All(takenUp, line => Assert.True(line.Value.Attempts > 1, $"{line}"));

        // It goes on in the middle of what the other has finished meanwhile.
        stopped.Resume();
        var events = await publishing;
        await DoneAsync(database, outcomes, events);

        await OneResultEachAsync(database, outcomes, events);
        Assert.Equal(0, await stopped.StopAsync());
    }

    private Task<WorkerProcess> StartAsync(TestDatabase database, TestVirtualHost host, string maxDelay) => WorkerProcess.StartAsync(
        database.ConnectionString,
        host.AmqpUri,
        _bundle.Folder,
        new Dictionary<string, string> { ["ECG_Intake__TakeUpAfter"] = "00:00:05", ["ECG_Model__MaxDelay"] = maxDelay });

    private async Task<List<Guid>> PublishAsync(TestVirtualHost host, int ecgs)
    {
        var events = new List<Guid>();
        await using var publisher = new RetryingPublisher(host.AmqpUri, TimeSpan.FromSeconds(30));
        for (var number = 0; number < ecgs; number++)
        {
            events.Add(Guid.NewGuid());
            await publisher.PublishAsync(
                OutgoingEvent.Of(events[^1], stat: number % 4 == 0, DateTimeOffset.UnixEpoch.AddDays(20_000), _variants.Ecg(number, Prefix)), TestEnd);
        }

        return events;
    }

    private static async Task DoneAsync(TestDatabase database, OutcomeLog outcomes, List<Guid> events)
    {
        await Eventually.TrueAsync("every event has an outcome", () => outcomes.Events == events.Count, TimeSpan.FromMinutes(3));
        await Eventually.TrueAsync(
            "every outcome is noted", async () => await LedgerProof.CountDoneAsync(database.ConnectionString) == events.Count, TimeSpan.FromMinutes(1));
    }

    private static async Task OneResultEachAsync(TestDatabase database, OutcomeLog outcomes, List<Guid> events)
    {
        Assert.Empty(await LedgerProof.ViolationsAsync(database.ConnectionString, TestEnd));
        var ledger = await LedgerProof.ReadAsync(database.ConnectionString, TestEnd);
        Assert.Equal(events.Order(), ledger.Keys.Order());
        Assert.Equal(events.Count, ledger.Values.Select(line => line.StudyId).Distinct().Count());
        Assert.All(
            outcomes.Outcomes.GroupBy(outcome => outcome.EventId),
            heard => Assert.Single(heard.Select(outcome => (outcome.Status, outcome.StudyId, outcome.Report, outcome.Urgency)).Distinct()));

        // A second result of the same ECG would be the next version of its report.
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var reports = source.CreateCommand("SELECT count(*), max(version) FROM resource WHERE type = 'DiagnosticReport'");
        await using var reader = await reports.ExecuteReaderAsync(TestEnd);
        Assert.True(await reader.ReadAsync(TestEnd));
        Assert.Equal(((long)events.Count, 1), (reader.GetInt64(0), reader.GetInt32(1)));
    }

    private static async Task<HashSet<Guid>> ReceivedAsync(TestDatabase database) =>
        [.. (await LedgerProof.ReadAsync(database.ConnectionString, TestEnd)).Where(line => line.Value.Status == "received").Select(line => line.Key)];
}
