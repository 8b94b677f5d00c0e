using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Messaging;
using EcgIntegration.Worker.Pipeline;
using EcgIntegration.Worker.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static EcgIntegration.Worker.Tests.Fhir.Writing.FhirCalls;

namespace EcgIntegration.Worker.Tests.Fhir.Writing;

/// <summary>An ECG that a client writes over FHIR is triaged as one that came by an event.</summary>
public sealed class TriageTests(PostgresFixture postgres, RabbitMqFixture rabbit)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_posted_ecg_has_a_result_and_its_correction_supersedes_it()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        using var posted = await worker.Http.PostAsync("/fhir/Observation", Ecg(null, 0));
        var id = (await posted.JsonAsync()).GetProperty("id").GetString()!;
        var first = await OutcomeAsync(worker, posted);

        using var put = await worker.Http.PutAsync($"/fhir/Observation/{id}", Ecg(id, 3), ("If-Match", "W/\"1\""));
        var second = await OutcomeAsync(worker, put);
        using var same = await worker.Http.PutAsync($"/fhir/Observation/{id}", Ecg(id, 3));

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.OK), (posted.StatusCode, put.StatusCode, same.StatusCode));
        Assert.Equal(($"Observation/{id}", first.Report), (second.Observation, second.Report));
        Assert.NotEqual(first.StudyId, second.StudyId);
        Assert.Equal("2", (await worker.JsonAsync($"/fhir/{second.Report}")).VersionOf());
        Assert.False(same.Headers.Contains("Link"));
        Assert.Equal("2", (await worker.JsonAsync($"/fhir/Observation/{id}")).VersionOf());
        Assert.Equal(1, await CountAsync(worker, "SELECT count(*) FROM study WHERE is_current"));
        Assert.Equal(2, await CountAsync(worker, "SELECT count(*) FROM study"));

        // Back to the signal of the first version: that is a new result again, and not the superseded one.
        using var back = await worker.Http.PutAsync($"/fhir/Observation/{id}", Ecg(id, 0));
        var third = await OutcomeAsync(worker, back);
        Assert.NotEqual(first.StudyId, third.StudyId);
        Assert.Equal("3", (await worker.JsonAsync($"/fhir/{third.Report}")).VersionOf());
        Assert.Equal(third.StudyId, (await CurrentAsync(worker, id)).StudyId);
    }

    [Fact]
    public async Task Without_a_broker_the_answer_comes_and_the_result_too()
    {
        await using var worker = await RunningWorker.StartAsync(
            postgres, rabbit, services: services => services.AddSingleton<IOutcomePublisher, DeafBroker>());
        using var posted = await worker.Http.PostAsync("/fhir/Observation", Ecg(null, 0));

        Assert.Equal(HttpStatusCode.Created, posted.StatusCode);
        await Eventually.TrueAsync("the result is durable", async () =>
            (await worker.JsonAsync(EventPath(posted))).GetProperty("status").GetString() != "received");
    }

    [Fact]
    public async Task A_hundred_at_once_are_all_triaged_and_a_stat_one_does_not_wait_for_them()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var many = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => worker.Http.PostAsync("/fhir/Observation", Ecg(null, i % 8, $"Patient/h{i}"))));
        using var stat = await worker.Http.PostAsync("/fhir/Observation", Ecg(null, 0, "Patient/stat", ecg => ecg["meta"] = JsonNode.Parse(
            """{"tag":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActPriority","code":"S"}]}""")));
        var last = EventOf(stat);
        await worker.Events.OutcomeAsync(last);
        var waiting = await CountAsync(worker, "SELECT count(*) FROM intake_event WHERE status = 'received'");

        foreach (var posted in many)
        {
            await worker.Events.OutcomeAsync(EventOf(posted));
        }

        Assert.Equal(101, await CountAsync(worker, "SELECT count(*) FROM study WHERE is_current"));
        Assert.Equal(0, await CountAsync(worker, "SELECT count(*) FROM intake_event WHERE attempts > 1"));
        TestContext.Current.SendDiagnosticMessage($"{waiting} routine ECGs were still waiting when the stat one was done.");
    }

    [Fact]
    public async Task An_ecg_entered_in_error_takes_its_result_back()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var id = NewId();
        using var put = await worker.Http.PutAsync($"/fhir/Observation/{id}", Ecg(id, 0));
        var first = await OutcomeAsync(worker, put);

        using var withdrawn = await worker.Http.PutAsync($"/fhir/Observation/{id}", Ecg(id, 0, change: ecg =>
        {
            ecg["status"] = "entered-in-error";
            ecg.Remove("component");
        }));
        var outcome = await OutcomeAsync(worker, withdrawn);
        Assert.Equal(("rejected", "observation-withdrawn"), (outcome.Status, Assert.Single(outcome.ReasonCodes)));
        Assert.Equal("entered-in-error", (await worker.JsonAsync($"/fhir/{first.Report}")).GetProperty("status").GetString());

        // It can come back, with the signal it had.
        using var again = await worker.Http.PutAsync($"/fhir/Observation/{id}", Ecg(id, 0));
        var back = await OutcomeAsync(worker, again);
        Assert.Equal(first.Report, back.Report);
        Assert.Equal("preliminary", (await worker.JsonAsync($"/fhir/{first.Report}")).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("cancelled")]
    [InlineData("entered-in-error")]
    public async Task A_new_ecg_that_is_none_any_more_is_refused_and_not_stored(string status)
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var id = NewId();

        using var posted = await worker.Http.PostAsync("/fhir/Observation", Ecg(null, 0, change: ecg => ecg["status"] = status));
        using var put = await worker.Http.PutAsync($"/fhir/Observation/{id}", Ecg(id, 0, change: ecg => ecg["status"] = status));

        Assert.Equal(["status-unusable Observation.status"], await posted.IssuesAsync(422));
        Assert.Equal(["status-unusable Observation.status"], await put.IssuesAsync(422));
        Assert.Equal(HttpStatusCode.NotFound, await worker.StatusAsync($"/fhir/Observation/{id}"));
    }

    [Fact]
    public async Task An_ecg_that_came_by_an_event_is_corrected_over_fhir_and_stays_its_sender_s()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var id = NewId();
        var first = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Encoding.UTF8.GetBytes(Ecg(id, 0))));
        using var put = await worker.Http.PutAsync($"/fhir/Observation/{id}", Ecg(id, 3));
        var second = await OutcomeAsync(worker, put);
        var older = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Encoding.UTF8.GetBytes(Ecg(id, 5))));
        var newer = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Encoding.UTF8.GetBytes(Ecg(id, 5)), occurredAt: "2099-01-01T00:00:00+09:00"));

        Assert.Equal((first.Report, first.Observation), (second.Report, second.Observation));
        Assert.Equal(["observation-outdated"], older.ReasonCodes);
        Assert.Equal(($"Observation/{id}", first.Report), (newer.Observation, newer.Report));
        Assert.Equal("3", (await worker.JsonAsync($"/fhir/Observation/{id}")).VersionOf());
        Assert.Equal(1, await CountAsync(worker, "SELECT count(*) FROM resource WHERE type = 'Observation' AND source_system = 'foreign'"));
    }

    [Fact]
    public async Task What_a_crash_left_lying_is_taken_up_by_the_next_worker()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var broker = await rabbit.CreateVirtualHostAsync();
        Guid eventId;
        await using (var first = await HostedWorker.StartAsync(database, broker, services => services.AddSingleton<LedgerSignal>(), ("Intake:RoutineConcurrency", "1")))
        {
            // Leased by nobody: as if the process had ended between commit and lease.
            using var posted = await first.Http.PostAsync("/fhir/Observation", Ecg(null, 0));
            eventId = EventOf(posted);
        }

        await using var second = await HostedWorker.StartAsync(database, broker);
        await Eventually.TrueAsync("it has a result", async () =>
            (await second.Services.GetRequiredService<IStudyLedger>().FindAsync(eventId, Stop))!.IsFinal);
    }

    private static Guid EventOf(HttpResponseMessage response) => Guid.Parse(EventPath(response)["/events/".Length..]);

    private static string EventPath(HttpResponseMessage response)
    {
        var link = Assert.Single(response.Headers.GetValues("Link"));
        return link[1..link.IndexOf('>', StringComparison.Ordinal)];
    }

    private static Task<EventClient.Outcome> OutcomeAsync(RunningWorker worker, HttpResponseMessage response) =>
        worker.Events.OutcomeAsync(EventOf(response));

    private static async Task<CurrentResult> CurrentAsync(RunningWorker worker, string id) =>
        (await worker.Services.GetRequiredService<IStudyLedger>().CurrentResultAsync(id, Stop))!;

    private static async Task<long> CountAsync(RunningWorker worker, string sql)
    {
        await using var command = worker.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Stop))!;
    }

    /// <summary>A broker that never confirms anything.</summary>
    private sealed class DeafBroker : IOutcomePublisher
    {
        public Task PublishAsync(Contracts.Events.StudyOutcome outcome, CancellationToken cancellationToken) =>
            Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);

        public Task PublishAsync(DeadLetterNotice notice, CancellationToken cancellationToken) =>
            Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }
}
