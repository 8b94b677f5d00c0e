using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Intake;
using EcgIntegration.Worker.Pipeline;
using EcgIntegration.Worker.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace EcgIntegration.Worker.Tests.Pipeline;

/// <summary>Faults that pass are tried again from the ledger; faults of the input are not.</summary>
public sealed class RetryTests(PostgresFixture postgres, RabbitMqFixture rabbit) : IAsyncLifetime
{
    private static readonly string[] Analysed = ["classified", "uncertain"];
    private readonly FastTime _time = new(10);
    private TestDatabase? _database;
    private TestVirtualHost? _broker;
    private EventClient? _events;
    private FaultingModels? _classifier;

    private TestVirtualHost Broker => _broker!;

    private EventClient Events => _events!;

    private FaultingModels Classifier => _classifier!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _broker = await rabbit.CreateVirtualHostAsync();
        _events = await EventClient.ConnectAsync(_broker.AmqpUri);
    }

    public async ValueTask DisposeAsync()
    {
        await Events.DisposeAsync();
        await Broker.DisposeAsync();
        await _database!.DisposeAsync();
    }

    [Fact]
    public async Task A_fault_that_passes_costs_attempts_with_growing_delays_and_then_there_is_a_result()
    {
        await using var worker = await StartAsync(faults: 3);

        var id = await Events.PublishAsync(Repository.ReadSample(0));
        var outcome = await Events.OutcomeAsync(id);

        Assert.Contains(outcome.Status, Analysed);
        Assert.Equal(4, (await AnswerAsync(worker, id)).GetProperty("attempts").GetInt32());
        Assert.Equal(4, Classifier.Calls.Count);
        AssertDelays(Classifier.Calls);
        Assert.Equal(0u, await Events.DepthAsync("ecg.intake.routine"));
    }

    [Fact]
    public async Task Attempts_survive_a_restart_and_end_in_failed_with_the_reason_and_its_event()
    {
        Guid id;
        await using (var first = await StartAsync(faults: int.MaxValue, maxAttempts: 5))
        {
            id = await Events.PublishAsync(Repository.ReadSample(1));
            await Eventually.TrueAsync("two attempts", () => Classifier.Calls.Count >= 2);
            await Eventually.TrueAsync("the fault is noted", async () =>
                (await AnswerAsync(first, id)).GetProperty("reasons") is { ValueKind: JsonValueKind.Array } reasons && reasons.GetArrayLength() == 1);
            Assert.Equal("received", (await AnswerAsync(first, id)).GetProperty("status").GetString());
        }

        var before = Classifier.Calls;
        Assert.InRange(before.Count, 2, 4);

        // The broker has nothing left of it: what comes now comes from the ledger.
        Assert.Equal(0u, await Events.DepthAsync("ecg.intake.routine"));
        await using var second = await StartAsync(faults: int.MaxValue, maxAttempts: 5);
        var outcome = await Events.OutcomeAsync(id);

        Assert.Equal(("failed", "study.failed"), (outcome.Status, outcome.RoutingKey));
        Assert.Equal([EventReasons.AttemptsUsedUp.Code], outcome.ReasonCodes);
        Assert.Null(outcome.Report);
        var answer = await AnswerAsync(second, id);
        Assert.Equal("failed", answer.GetProperty("status").GetString());
        Assert.Equal(5, answer.GetProperty("attempts").GetInt32());
        Assert.Equal(5, before.Count + Classifier.Calls.Count);
        AssertDelays([.. before, .. Classifier.Calls]);
        Assert.Single(Events.Outcomes, heard => heard.EventId == id);
    }

    [Fact]
    public async Task What_is_left_lying_is_taken_up_within_a_minute_and_the_first_attempt_comes_too_late()
    {
        const int speed = 4;
        var time = new FastTime(speed);
        var hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var worker = await StartAsync(faults: 1, time: time, faultsAfter: hanging.Task);

        var id = await Events.PublishAsync(Repository.ReadSample(4), stat: true);
        var outcome = await Events.OutcomeAsync(id);
        hanging.SetResult();

        Assert.Contains(outcome.Status, Analysed);
        Assert.Equal(2, Classifier.Calls.Count);
        Assert.InRange(Classifier.Calls[1] - Classifier.Calls[0], TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(60));
        await Eventually.TrueAsync("acknowledged", async () => await Events.DepthAsync("ecg.intake.stat") == 0);
        Assert.Equal(outcome.Status, (await AnswerAsync(worker, id)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Poison_input_is_rejected_at_the_first_attempt_and_never_reaches_the_model()
    {
        await using var worker = await StartAsync(faults: 0);
        var ids = new List<Guid>();
        foreach (var observation in new[]
        {
            """{"resourceType":"Observation","status":"final","code":{"text":"x"} }""",
            """{"resourceType":"Observation","status":"final","component":[{"valueSampledData":{"origin":{"value":0},"period":-1,"dimensions":1,"data":"1"} }]}""",
            """{"resourceType":"Patient"}""",
        })
        {
            ids.Add(await Events.PublishAsync(Encoding.UTF8.GetBytes(observation), stat: true));
        }

        foreach (var id in ids)
        {
            Assert.Equal("rejected", (await Events.OutcomeAsync(id)).Status);
            Assert.Equal(1, (await AnswerAsync(worker, id)).GetProperty("attempts").GetInt32());
        }

        Assert.Empty(Classifier.Calls);
        await Eventually.TrueAsync("acknowledged", async () => await Events.DepthAsync("ecg.intake.stat") == 0);
    }

    [Fact]
    public async Task A_replayed_ecg_goes_through_its_own_queue_and_is_routine_though_its_body_says_stat()
    {
        await using var worker = await StartAsync(faults: 0);
        var id = Guid.NewGuid();
        byte[] body =
        [
            .. Encoding.UTF8.GetBytes($$"""{"eventId":"{{id}}","sourceSystem":"test","priority":"stat","observation":"""),
            .. Repository.ReadSample(3),
            (byte)'}',
        ];
        await using var connection = await new RabbitMQ.Client.ConnectionFactory { Uri = Broker.AmqpUri }
            .CreateConnectionAsync(TestContext.Current.CancellationToken);
        await using var channel = await connection.CreateChannelAsync(new(true, true), TestContext.Current.CancellationToken);

        await channel.BasicPublishAsync(
            "ecg.events", "observation.replay", mandatory: true, new RabbitMQ.Client.BasicProperties { Persistent = true }, body, TestContext.Current.CancellationToken);

        Assert.NotNull((await Events.OutcomeAsync(id)).Report);
        await using var database = Npgsql.NpgsqlDataSource.Create(_database!.ConnectionString);
        await using var command = database.CreateCommand("SELECT priority FROM intake_event");
        Assert.Equal("routine", await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_burst_is_worked_once()
    {
        const int count = 256;
        var samples = Repository.Samples.Count;
        await using var worker = await StartAsync(faults: 0, time: TimeProvider.System);
        var ids = new List<Guid>();
        for (var i = 0; i < count; i++)
        {
            ids.Add(await Events.PublishAsync(Distinct(Repository.ReadSample(i % samples), i), stat: i % 4 == 0));
        }

        await Eventually.TrueAsync("all answered", () => Events.Outcomes.Select(outcome => outcome.EventId).Distinct().Count() == count, TimeSpan.FromMinutes(3));

        // No ECG was taken up from the ledger beside its message.
        Assert.True(Classifier.Calls.Count <= count, $"{Classifier.Calls.Count} classifications of {count} ECGs");
        foreach (var id in ids)
        {
            Assert.Equal(1, (await AnswerAsync(worker, id)).GetProperty("attempts").GetInt32());
        }
    }

    private static byte[] Distinct(byte[] sample, int index)
    {
        var ecg = System.Text.Json.Nodes.JsonNode.Parse(sample)!.AsObject();
        ecg["id"] = $"burst-{index}";
        ecg["identifier"] = new System.Text.Json.Nodes.JsonArray(
            new System.Text.Json.Nodes.JsonObject { ["system"] = "urn:test", ["value"] = $"burst-{index}" });
        return Encoding.UTF8.GetBytes(ecg.ToJsonString());
    }

    /// <summary>Attempt n begins no earlier than half its nominal delay after attempt n - 1: bounds that double.</summary>
    private static void AssertDelays(IReadOnlyList<DateTimeOffset> calls) => Assert.All(
        calls.Zip(calls.Skip(1)),
        (pair, i) => Assert.True(pair.Second - pair.First >= RetryDelay.Nominal(i + 1) / 2, $"{pair.Second - pair.First} after attempt {i + 1}"));

    private static Task<JsonElement> AnswerAsync(HostedWorker worker, Guid id) =>
        worker.Http.GetFromJsonAsync<JsonElement>($"/events/{id}", TestContext.Current.CancellationToken);

    /// <summary>On the fast clock, nothing is taken up unless it was put off; on another, as in daily work.</summary>
    private Task<HostedWorker> StartAsync(int faults, int maxAttempts = 8, TimeProvider? time = null, Task? faultsAfter = null) =>
        HostedWorker.StartAsync(
            _database!,
            Broker,
            services =>
            {
                services.Replace(ServiceDescriptor.Singleton(time ?? _time));
                FaultingModels.Install(services, faults, time ?? _time, models => _classifier = models, faultsAfter);
            },
            time is null ? [("Intake:MaxAttempts", $"{maxAttempts}"), ("Intake:TakeUpAfter", "00:10:00")] : []);
}
