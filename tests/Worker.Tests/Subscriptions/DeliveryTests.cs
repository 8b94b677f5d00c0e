// What Firely reads back may be null everywhere; where a test meets a null it fails, as it should.
#nullable disable warnings
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Tests.Support;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Task = System.Threading.Tasks.Task;

namespace EcgIntegration.Worker.Tests.Subscriptions;

/// <summary>The whole worker, and a subscriber that listens on loopback.</summary>
public sealed class DeliveryTests(PostgresFixture postgres, RabbitMqFixture rabbitMq)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_subscriber_is_told_of_an_urgent_report_by_reference_only()
    {
        await using var subscriber = await Subscriber.StartAsync();
        await using var database = await postgres.CreateDatabaseAsync();
        await using var broker = await rabbitMq.CreateVirtualHostAsync();
        await using var worker = await HostedWorker.StartAsync(
            database, broker, configure: null,
            ("Subscriptions:Endpoints:0:Url", subscriber.Address), ("Subscriptions:Endpoints:0:Authorization", "Bearer hook-secret"));
        var id = await SubscribeAsync(worker, subscriber.Address + "/icu");
        await Eventually.TrueAsync("the subscription is active", async () => await StatusAsync(worker, id) == "active");

        var report = await CompleteAsync(worker, Urgency.Critical);
        await Eventually.TrueAsync("handshake and event have come", () => subscriber.Bodies.Count == 2);

        Assert.All(subscriber.Requests, request => Assert.Equal(("/icu", "Bearer hook-secret"), request));
        var bundle = Assert.IsType<Bundle>(new FhirJsonDeserializer().Deserialize<Resource>(subscriber.Bodies.Last()));
        Assert.Equal(Bundle.BundleType.History, bundle.Type);
        var status = Assert.IsType<Parameters>(bundle.Entry[0].Resource);
        Assert.Equal(("event-notification", "active", "1"), (Value(status, "type"), Value(status, "status"), Value(status, "events-since-subscription-start")));
        var happened = status.Parameter.Single(parameter => parameter.Name == "notification-event");
        var focus = (ResourceReference)happened.Part.Single(part => part.Name == "focus").Value;
        Assert.Equal($"DiagnosticReport/{report}", focus.Reference);
        Assert.Null(bundle.Entry[1].Resource);
        Assert.DoesNotContain("Patient", subscriber.Bodies.Last(), StringComparison.Ordinal);

        using var asked = JsonDocument.Parse(await worker.Http.GetStringAsync($"/fhir/Subscription/{id}/$status", Stop));
        Assert.Contains("query-status", asked.RootElement.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_always_fails_is_switched_off_with_a_Task_and_gets_its_events_once_it_is_requested_again()
    {
        await using var subscriber = await Subscriber.StartAsync();
        await using var database = await postgres.CreateDatabaseAsync();
        await using var broker = await rabbitMq.CreateVirtualHostAsync();
        await using var worker = await HostedWorker.StartAsync(
            database, broker, configure: null, ("Subscriptions:Endpoints:0:Url", subscriber.Address), ("Subscriptions:MaxAttempts", "1"));
        var id = await SubscribeAsync(worker, subscriber.Address);
        await Eventually.TrueAsync("the subscription is active", async () => await StatusAsync(worker, id) == "active");

        subscriber.Answer = HttpStatusCode.ServiceUnavailable;
        var report = await CompleteAsync(worker, Urgency.Urgent);
        await Eventually.TrueAsync("it is switched off", async () => await StatusAsync(worker, id) == "error");
        var tasks = await worker.Http.GetStringAsync($"/fhir/Task?focus=Subscription/{id}&status=requested", Stop);
        Assert.Contains("subscription-failed", tasks, StringComparison.Ordinal);
        Assert.Contains("HTTP 503", tasks, StringComparison.Ordinal);

        subscriber.Answer = HttpStatusCode.OK;
        subscriber.Bodies.Clear();
        using var put = await worker.Http.PutAsync($"/fhir/Subscription/{id}", Json(Subscription(subscriber.Address, id)), Stop);
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync(Stop));
        await Eventually.TrueAsync("handshake and event have come", () => subscriber.Bodies.Count == 2);
        Assert.Contains($"DiagnosticReport/{report}", subscriber.Bodies.Last(), StringComparison.Ordinal);
        Assert.Equal("completed", await TaskStatusAsync(worker, id));
    }

    [Fact]
    public async Task One_that_is_switched_off_can_be_deleted_and_the_operator_has_nothing_left_to_look_after()
    {
        await using var subscriber = await Subscriber.StartAsync();
        subscriber.Answer = HttpStatusCode.ServiceUnavailable;
        await using var database = await postgres.CreateDatabaseAsync();
        await using var broker = await rabbitMq.CreateVirtualHostAsync();
        await using var worker = await HostedWorker.StartAsync(
            database, broker, configure: null, ("Subscriptions:Endpoints:0:Url", subscriber.Address), ("Subscriptions:MaxAttempts", "1"));
        var id = await SubscribeAsync(worker, subscriber.Address);
        await Eventually.TrueAsync("it is switched off", async () => await StatusAsync(worker, id) == "error");

        using (var client = await worker.Http.PostAsync("/fhir/Task", Json($$"""{"resourceType":"Task","status":"draft","intent":"plan","focus":{"reference":"Subscription/{{id}}"} }"""), Stop))
        {
            using var held = await worker.Http.DeleteAsync($"/fhir/Subscription/{id}", Stop);
            Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Conflict), (client.StatusCode, held.StatusCode));
            using var freed = await worker.Http.DeleteAsync(client.Headers.Location!.AbsolutePath.Replace("/_history/1", "", StringComparison.Ordinal), Stop);
            Assert.Equal(HttpStatusCode.NoContent, freed.StatusCode);
        }

        Assert.Equal("requested", await TaskStatusAsync(worker, id));
        using var deleted = await worker.Http.DeleteAsync($"/fhir/Subscription/{id}", Stop);
        Assert.True(deleted.StatusCode == HttpStatusCode.NoContent, await deleted.Content.ReadAsStringAsync(Stop));
        using var read = await worker.Http.GetAsync($"/fhir/Subscription/{id}", Stop);
        using var status = await worker.Http.GetAsync($"/fhir/Subscription/{id}/$status", Stop);
        Assert.Equal((HttpStatusCode.Gone, HttpStatusCode.Gone), (read.StatusCode, status.StatusCode));
        Assert.Equal("cancelled", await TaskStatusAsync(worker, id));
        var first = await worker.Http.GetStringAsync($"/fhir/Subscription/{id}/_history/1", Stop);
        Assert.Contains("urgent-report", first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_an_address_that_is_not_allowed_is_never_called()
    {
        await using var elsewhere = await Subscriber.StartAsync();
        await using var subscriber = await Subscriber.StartAsync();
        subscriber.Answer = HttpStatusCode.TemporaryRedirect;
        subscriber.Location = elsewhere.Address;
        await using var database = await postgres.CreateDatabaseAsync();
        await using var broker = await rabbitMq.CreateVirtualHostAsync();
        await using var worker = await HostedWorker.StartAsync(
            database, broker, configure: null, ("Subscriptions:Endpoints:0:Url", subscriber.Address), ("Subscriptions:MaxAttempts", "1"));

        using var refused = await worker.Http.PostAsync("/fhir/Subscription", Json(Subscription(elsewhere.Address, id: null)), Stop);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("Subscription.channel.endpoint", await refused.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);

        var id = await SubscribeAsync(worker, subscriber.Address);
        await Eventually.TrueAsync("it is switched off", async () => await StatusAsync(worker, id) == "error");
        Assert.Single(subscriber.Bodies);
        Assert.Empty(elsewhere.Bodies);
    }

    private static string? Value(Parameters parameters, string name) => parameters.GetSingleValue<PrimitiveType>(name)?.JsonValue?.ToString();

    private static string Subscription(string endpoint, string? id) =>
        $$"""
        {"resourceType": "Subscription", {{(id is null ? "" : $"\"id\": \"{id}\",")}} "status": "requested", "reason": "test",
         "criteria": "urn:ecg-integration:topic:urgent-report",
         "channel": {"type": "rest-hook", "endpoint": "{{endpoint}}", "payload": "application/fhir+json"} }
        """;

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/fhir+json");

    private static async Task<string> SubscribeAsync(HostedWorker worker, string endpoint)
    {
        using var created = await worker.Http.PostAsync("/fhir/Subscription", Json(Subscription(endpoint, id: null)), Stop);
        var text = await created.Content.ReadAsStringAsync(Stop);
        Assert.True(created.StatusCode == HttpStatusCode.Created, text);
        using var stored = JsonDocument.Parse(text);
        return stored.RootElement.GetProperty("id").GetString()!;
    }

    private static async Task<string?> TaskStatusAsync(HostedWorker worker, string subscription)
    {
        using var found = JsonDocument.Parse(await worker.Http.GetStringAsync($"/fhir/Task?focus=Subscription/{subscription}", Stop));
        var task = Assert.Single(found.RootElement.GetProperty("entry").EnumerateArray()).GetProperty("resource");
        Assert.IsType<Hl7.Fhir.Model.Task>(FhirJsonDeserializer.STRICT.DeserializeResource(task.GetRawText()));
        return task.GetProperty("status").GetString();
    }

    private static async Task<string?> StatusAsync(HostedWorker worker, string id)
    {
        using var stored = JsonDocument.Parse(await worker.Http.GetStringAsync($"/fhir/Subscription/{id}", Stop));
        return stored.RootElement.GetProperty("status").GetString();
    }

    private static async Task<string> CompleteAsync(HostedWorker worker, Urgency urgency)
    {
        var ledger = worker.Services.GetRequiredService<IStudyLedger>();
        var id = "s" + Guid.NewGuid().ToString("N")[..12];
        var now = TimeProvider.System.GetUtcNow();
        var received = await ledger.ReceiveAsync(
            new NewStudy(Guid.NewGuid(), "cart-7", null, EventPriority.Routine, now, id, id, null, SyntheticEcg.Observation(), "input", "model", now.AddHours(1)),
            Stop);
        var report = "report-" + id;
        await ledger.CompleteAsync(
            received.Entry.EventId,
            new StudyCompletion(
                StudyStatus.Classified,
                urgency,
                [],
                [],
                report,
                [new NewResource("DiagnosticReport", report, Encoding.UTF8.GetBytes("""{"resourceType": "DiagnosticReport", "status": "preliminary"}"""))],
                Execution: null),
            Stop);
        return report;
    }

    /// <summary>Takes notifications, and answers as it is told.</summary>
    private sealed class Subscriber(WebApplication app) : IAsyncDisposable
    {
        public ConcurrentQueue<string> Bodies { get; } = new();

        public ConcurrentQueue<(string Path, string Authorization)> Requests { get; } = new();

        public HttpStatusCode Answer { get; set; } = HttpStatusCode.OK;

        public string? Location { get; set; }

        public string Address => app.Urls.First();

        public static async Task<Subscriber> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var app = builder.Build();
            app.Urls.Add("http://127.0.0.1:0");
            var subscriber = new Subscriber(app);
            app.MapPost("{**path}", async (HttpContext context) =>
            {
                using var reader = new StreamReader(context.Request.Body);
                subscriber.Requests.Enqueue((context.Request.Path, context.Request.Headers.Authorization.ToString()));
                subscriber.Bodies.Enqueue(await reader.ReadToEndAsync());
                context.Response.Headers.Location = subscriber.Location;
                return Results.StatusCode((int)subscriber.Answer);
            });
            await app.StartAsync(Stop);
            return subscriber;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
