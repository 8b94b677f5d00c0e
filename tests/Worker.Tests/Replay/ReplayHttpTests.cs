using System.Net;
using System.Text;
using System.Text.Json;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace EcgIntegration.Worker.Tests.Replay;

/// <summary><c>POST /fhir/$replay</c>, its Task, and replays by event.</summary>
public sealed class ReplayHttpTests(PostgresFixture postgres, RabbitMqFixture rabbit)
{
    private const string Token = "a-token-of-more-than-24-characters";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replay_is_accepted_and_its_task_tells_how_far_it_is()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartWorkerAsync();
        await bench.ReadAsync(3);
        const string body = """
            {"resourceType": "Parameters", "parameter": [
              {"name": "patient", "valueReference": {"reference": "Patient/replayed"}}, {"name": "why", "valueString": "new rules"},
              {"name": "key", "valueString": "once"}]}
            """;

        using var accepted = await PostAsync(worker, body);
        using var again = await PostAsync(worker, body);
        using var other = await PostAsync(worker, """{"all": true, "why": "x", "key": "once"}""", "application/json");

        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal(accepted.Content.Headers.ContentLocation, again.Content.Headers.ContentLocation);
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        var task = await TaskAsync(accepted);
        Assert.Equal(("Task", "order"), (task.GetProperty("resourceType").GetString(), task.GetProperty("intent").GetString()));
        Assert.DoesNotContain("Patient/replayed", task.GetRawText(), StringComparison.Ordinal);
        var location = accepted.Content.Headers.ContentLocation!;
        await Eventually.TrueAsync("the task is completed", async () => (await GetAsync(worker, location)).GetProperty("status").GetString() == "completed");
        var outputs = (await GetAsync(worker, location)).GetProperty("output").EnumerateArray().ToDictionary(
            output => output.GetProperty("type").GetProperty("coding")[0].GetProperty("code").GetString()!, output => output.GetProperty("valueUnsignedInt").GetInt32());
        Assert.Equal((3, 3, 3, 0), (outputs["total"], outputs["done"], outputs["unchanged"], outputs["written"]));

        // The Task of a physician's review is still read by its id.
        var review = await GetAsync(worker, new Uri("/fhir/Task?patient=Patient/replayed", UriKind.Relative));
        var id = review.GetProperty("entry")[0].GetProperty("resource").GetProperty("id").GetString();
        Assert.Equal(id, (await GetAsync(worker, new Uri($"/fhir/Task/{id}", UriKind.Relative))).GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await worker.Http.GetAsync(new Uri($"/fhir/Task/{Guid.NewGuid()}", UriKind.Relative), Stop)).StatusCode);
        Assert.Equal(
            "Patient/replayed", await bench.ScalarAsync<string>("SELECT patient FROM audit WHERE action = 'replay' AND actor = 'anonymous@loopback'"));
    }

    [Fact]
    public async Task A_paused_replay_is_on_hold_and_a_cancelled_one_cancelled()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartWorkerAsync();
        await bench.ReadAsync(5);
        using var accepted = await PostAsync(worker, """{"all": true, "why": "x", "dryRun": true, "perMinute": 20}""", "application/json");
        var location = accepted.Content.Headers.ContentLocation!;
        var id = Guid.Parse(location.ToString().Split('/')[^1]);
        var jobs = worker.Services.GetRequiredService<IReplayJobs>();

        await Eventually.TrueAsync("it is in progress", async () => await StatusAsync() == "in-progress");
        await jobs.ChangeAsync(id, ReplayState.Paused, "tests", Stop);
        Assert.Equal("on-hold", await StatusAsync());
        await jobs.ChangeAsync(id, ReplayState.Cancelled, "tests", Stop);
        Assert.Equal("cancelled", await StatusAsync());

        async Task<string?> StatusAsync() => (await GetAsync(worker, location)).GetProperty("status").GetString();
    }

    [Theory]
    [InlineData("""{"all": true}""", "application/json", HttpStatusCode.BadRequest, "whyを500文字以内")]
    [InlineData("""{"why": "x"}""", "application/json", HttpStatusCode.BadRequest, "対象が指定されていません")]
    [InlineData("""{"why": "x", "status": "{0}"}""", "application/json", HttpStatusCode.BadRequest, "パラメータstatus")]
    [InlineData("""{"why": "x", "all": true, "model": "nothing-like-it"}""", "application/fhir+json", HttpStatusCode.BadRequest, "モデル")]
    [InlineData("not json", "application/json", HttpStatusCode.BadRequest, "Parameters")]
    [InlineData("""{"why": "x", "all": true}""", "text/plain", HttpStatusCode.UnsupportedMediaType, "Parameters")]
    public async Task What_is_not_understood_is_an_operation_outcome(string body, string type, HttpStatusCode status, string sentence)
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartWorkerAsync();

        using var refused = await PostAsync(worker, body, type);

        Assert.Equal(status, refused.StatusCode);
        var outcome = await TaskAsync(refused);
        Assert.Equal("OperationOutcome", outcome.GetProperty("resourceType").GetString());
        Assert.Contains(sentence, outcome.GetProperty("issue")[0].GetProperty("details").GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(0L, await bench.ScalarAsync<long>("SELECT count(*) FROM replay_job"));
    }

    [Fact]
    public async Task Where_a_token_is_configured_nothing_goes_without_it_and_a_body_has_its_bounds()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartWorkerAsync(null, ("Security:Token", Token));
        const string body = """{"all": true, "why": "x"}""";

        using var without = await PostAsync(worker, body, "application/json");
        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        worker.Http.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        using var with = await PostAsync(worker, body, "application/json");
        Assert.Equal(HttpStatusCode.Accepted, with.StatusCode);
        using var large = await PostAsync(worker, $$"""{"all": true, "why": "{{new string('x', 100_000)}}"}""", "application/json");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Equal(1L, await bench.ScalarAsync<long>("SELECT count(*) FROM replay_job WHERE requested_by = 'token'"));
    }

    [Fact]
    public async Task A_replay_by_event_is_done_once_and_its_end_is_told()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartWorkerAsync();
        await bench.ReadAsync(2);
        await using var listener = await ReplayListener.ConnectAsync(bench.Broker.AmqpUri);
        var id = Guid.NewGuid();
        var wish = $$"""{"eventId": "{{id}}", "sourceSystem": "ops", "all": true, "dryRun": true, "why": "by event", "model": "{{bench.OtherModel}}"}""";

        await listener.PublishAsync(wish);
        await listener.PublishAsync(wish);
        var finished = await listener.FinishedAsync(id.ToString());

        Assert.Equal(("completed", 2), (finished.GetProperty("state").GetString(), finished.GetProperty("total").GetInt32()));
        Assert.Equal(bench.OtherModel, finished.GetProperty("modelSha256").GetString());
        Assert.Equal(1L, await bench.ScalarAsync<long>("SELECT count(*) FROM replay_job WHERE requested_by = 'ops@event'"));

        var bad = Guid.NewGuid();
        await listener.PublishAsync($$"""{"eventId": "{{bad}}", "why": "x", "statuss": "failed"}""");
        var rejected = await listener.FinishedAsync(bad.ToString());
        Assert.Equal("rejected", rejected.GetProperty("state").GetString());
        Assert.Equal("replay-parameter-unknown", rejected.GetProperty("reasons")[0].GetProperty("code").GetString());

        // Without a usable event id there is nobody to answer: a dead letter.
        await listener.PublishAsync("""{"all": true, "why": "x"}""");
        await Eventually.TrueAsync("a dead letter", async () => await bench.Events.DepthAsync("ecg.intake.dead") == 1);
        Assert.Equal(1L, await bench.ScalarAsync<long>("SELECT count(*) FROM replay_job"));
    }

    private static Task<HttpResponseMessage> PostAsync(HostedWorker worker, string body, string type = "application/fhir+json")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/fhir/$replay", UriKind.Relative))
        {
            Content = new StringContent(body, Encoding.UTF8, type),
        };
        request.Headers.Add("Prefer", "respond-async");
        return worker.Http.SendAsync(request, Stop);
    }

    private static async Task<JsonElement> TaskAsync(HttpResponseMessage response)
    {
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop));
        return document.RootElement.Clone();
    }

    private static async Task<JsonElement> GetAsync(HostedWorker worker, Uri location)
    {
        using var document = JsonDocument.Parse(await worker.Http.GetStringAsync(location, Stop));
        return document.RootElement.Clone();
    }
}
