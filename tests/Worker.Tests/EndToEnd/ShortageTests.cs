using System.Net;
using EcgIntegration.LocalServers;
using EcgIntegration.TestKit;
using EcgIntegration.TestKit.Load;
using EcgIntegration.Worker.Tests.Support;

namespace EcgIntegration.Worker.Tests.EndToEnd;

/// <summary>A full disk under PostgreSQL, and a RabbitMQ that is short of memory: ECGs wait, and none is lost.</summary>
[Collection(Alone.Name)]
public sealed class ShortageTests(PostgresFixture postgres, RabbitMqFixture rabbitMq) : IDisposable
{
    private const int Ecgs = 40;
    private const int DiskMegabytes = 160;

    private static readonly PrivateServerOptions Durable = new() { EndsWithStarter = true };
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly TestBundle _bundle = TestBundle.Create();
    private readonly EcgVariants _variants = new();

    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    public void Dispose() => _bundle.Dispose();

    [Fact]
    public async Task Ecgs_that_find_the_database_s_disk_full_are_answered_once_there_is_room()
    {
        using var disk = SmallDisk.TryMount(DiskMegabytes);
        Assert.SkipWhen(disk is null, "Only root can mount a small disk.");
        await using var host = await rabbitMq.CreateVirtualHostAsync();
        await using var outcomes = await OutcomeLog.StartAsync(host.AmqpUri);
        await using var database = await PrivatePostgres.StartAsync(disk.Path, Durable, TestEnd);
        await using var worker = await WorkerProcess.StartAsync(database.ConnectionString, host.AmqpUri, _bundle.Folder);
        await using var publisher = new RetryingPublisher(host.AmqpUri, TimeSpan.FromSeconds(30));
        var before = await PublishAsync(publisher, 0, Ecgs / 4);
        await Eventually.TrueAsync("some are answered", () => outcomes.Events > 0);

        disk.Fill();
        var during = await PublishAsync(publisher, Ecgs / 4, Ecgs);
        await Eventually.TrueAsync("the worker finds it full", () => worker.Log.Contains("The database does not answer", StringComparison.Ordinal), Limit);
        Assert.True(outcomes.Events < Ecgs, "All were answered, so that nothing was full.");
        using (var alive = await worker.Http.GetAsync("/health/live", TestEnd))
        {
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        }

        // Where it could not write its log, PostgreSQL ends itself: a supervisor starts it again.
        disk.Free();
        await using var back = await PrivatePostgres.StartAsync(disk.Path, Durable, TestEnd);

        Assert.Equal(database.ConnectionString, back.ConnectionString);
        await AllDoneAsync(back.ConnectionString, outcomes, [.. before, .. during]);
    }

    [Fact]
    public async Task A_broker_short_of_memory_makes_publishers_wait_and_loses_nothing()
    {
        using var folder = new TemporaryFolder();
        await using var database = await postgres.CreateDatabaseAsync();
        await using var broker = await PrivateRabbitMq.StartAsync(folder.Path, Durable, TestEnd);
        await using var outcomes = await OutcomeLog.StartAsync(broker.AmqpUri);
        await using var worker = await WorkerProcess.StartAsync(
            database.ConnectionString, broker.AmqpUri, _bundle.Folder, new Dictionary<string, string> { ["ECG_Model__MaxDelay"] = "00:00:00.5" });
        await using var publisher = new RetryingPublisher(broker.AmqpUri, TimeSpan.FromSeconds(2));
        var before = await PublishAsync(publisher, 0, Ecgs / 2);

        // Those of before are still in work: their outcomes meet the alarm.
        await broker.ControlAsync(TestEnd, "set_vm_memory_high_watermark", "0.00001");
        var publishing = PublishAsync(publisher, Ecgs / 2, Ecgs);
        await Eventually.TrueAsync("the publisher waits in vain", () => publisher.SentAgain >= 2, Limit);
        Assert.False(publishing.IsCompleted);
        Assert.Equal(Ecgs / 2, publisher.Confirmed);

        await broker.ControlAsync(TestEnd, "set_vm_memory_high_watermark", "0.6");
        var during = await publishing;

        await AllDoneAsync(database.ConnectionString, outcomes, [.. before, .. during]);
        Assert.Equal(0, await worker.StopAsync());
    }

    private async Task<List<Guid>> PublishAsync(RetryingPublisher publisher, int from, int to)
    {
        var events = new List<Guid>();
        for (var number = from; number < to; number++)
        {
            events.Add(Guid.NewGuid());
            await publisher.PublishAsync(
                OutgoingEvent.Of(events[^1], stat: number % 4 == 0, DateTimeOffset.UnixEpoch.AddDays(20_000), _variants.Ecg(number, "short")), TestEnd);
        }

        return events;
    }

    private static async Task AllDoneAsync(string database, OutcomeLog outcomes, List<Guid> events)
    {
        await Eventually.TrueAsync("every event has an outcome", () => outcomes.Events == events.Count, Limit);
        await Eventually.TrueAsync("every outcome is noted", async () => await LedgerProof.CountDoneAsync(database) == events.Count, Limit);
        Assert.Empty(await LedgerProof.ViolationsAsync(database, TestEnd));
        var ledger = await LedgerProof.ReadAsync(database, TestEnd);
        Assert.Equal(events.Order(), ledger.Keys.Order());
        Assert.All(ledger.Values, line => Assert.Contains(line.Status, (string[])["classified", "uncertain", "unanalysable"]));
    }
}
