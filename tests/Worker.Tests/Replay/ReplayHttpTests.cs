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

    [Fact]
    public async Task A_replay_is_previewed_paused_resumed_and_cancelled_over_http()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartWorkerAsync(null, ("Security:Clients:0:Name", "ops-console"), ("Security:Clients:0:Token", Token));
        await bench.ReadAsync(5);
        worker.Http.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        const string body = """{"patient": "Patient/replayed", "why": "x", "dryRun": true, "perMinute": 20}""";

        using var previewed = await PostAsync(worker, body, "application/json", "$replay-preview");
        Assert.Equal(HttpStatusCode.OK, previewed.StatusCode);
        var preview = await TaskAsync(previewed);
        Assert.Equal(5, Named(preview, "count").GetProperty("valueUnsignedInt").GetInt32());
        Assert.Equal(5, preview.GetProperty("parameter").EnumerateArray().Count(parameter => parameter.GetProperty("name").GetString() == "ecg"));
        Assert.Equal(0L, await bench.ScalarAsync<long>("SELECT count(*) FROM replay_job"));

        using var accepted = await PostAsync(worker, body, "application/json");
        var task = accepted.Content.Headers.ContentLocation!.PathAndQuery;
        foreach (var (operation, status) in new[] { ("pause", "on-hold"), ("resume", "in-progress"), ("cancel", "cancelled") })
        {
            await Eventually.TrueAsync("it has begun", async () => await bench.ScalarAsync<long>("SELECT count(*) FROM replay_job WHERE started_at IS NOT NULL") == 1);
            using var changed = await worker.Http.PostAsync($"{task}/${operation}", null, Stop);
            Assert.Equal((HttpStatusCode.OK, status), (changed.StatusCode, (await TaskAsync(changed)).GetProperty("status").GetString()));
        }

        using var late = await worker.Http.PostAsync($"{task}/$resume", null, Stop);
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        using var unknown = await worker.Http.PostAsync($"/fhir/Task/{Guid.NewGuid()}/$pause", null, Stop);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        foreach (var (method, path) in new[] { (HttpMethod.Get, "/fhir/$replay"), (HttpMethod.Get, $"{task}/$pause"), (HttpMethod.Delete, $"{task}/$result") })
        {
            using var request = new HttpRequestMessage(method, path);
            using var refused = await worker.Http.SendAsync(request, Stop);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, refused.StatusCode);
            Assert.NotEmpty(refused.Content.Headers.Allow);
            Assert.Equal("OperationOutcome", (await TaskAsync(refused)).GetProperty("resourceType").GetString());
        }

        Assert.Equal(
            "replay-preview replay-dry-run replay-paused replay-running replay-cancelled",
            await bench.ScalarAsync<string>("SELECT string_agg(action, ' ' ORDER BY sequence) FROM audit WHERE actor = 'ops-console'"));
    }

    [Fact]
    public async Task What_came_of_each_ecg_is_told_page_by_page_the_urgent_ones_first()
    {
        await using var bench = await ReplayBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartWorkerAsync();
        await bench.ReadAsync(7);
        var job = await ReplayBench.UntilDoneAsync(worker, await ReplayBench.SubmitAsync(worker, model: bench.OtherModel, dryRun: true));
        var expected = await ReplayBench.LinesAsync(worker, job);
        Assert.Contains(expected, line => line.BecameUrgent);

        var seen = new List<int>();
        var next = $"/fhir/Task/{job.Id}/$result?all=true&_count=3";
        for (var pages = 0; next is not null; pages++)
        {
            Assert.InRange(pages, 0, 2);
            var page = await GetAsync(worker, new Uri(next, UriKind.RelativeOrAbsolute));
            var ecgs = page.GetProperty("parameter").EnumerateArray().Where(parameter => parameter.GetProperty("name").GetString() == "ecg").ToList();
            seen.AddRange(ecgs.Select(ecg => Part(ecg, "ordinal").GetProperty("valuePositiveInt").GetInt32()));
            next = page.GetProperty("parameter").EnumerateArray()
                .Where(parameter => parameter.GetProperty("name").GetString() == "next").Select(parameter => parameter.GetProperty("valueUri").GetString()).SingleOrDefault();
            if (pages == 0)
            {
                Assert.Equal("became-urgent", Part(ecgs[0], "effect").GetProperty("valueCode").GetString());
                Assert.Equal(expected[0].Observation, Part(ecgs[0], "observation").GetProperty("valueReference").GetProperty("reference").GetString());
                Assert.NotEqual(JsonValueKind.Undefined, Part(ecgs[0], "before").GetProperty("part").ValueKind);
            }
        }

        Assert.Equal(expected.Select(line => line.Ordinal), seen);
        Assert.Equal(3L, await bench.ScalarAsync<long>("SELECT count(*) FROM audit WHERE action = 'replay-result'"));
        foreach (var query in new[] { "?_count=0", "?_count=1001", "?all=perhaps", "?_after=x", "?stauts=1", "?_count=1&_count=2" })
        {
            using var refused = await worker.Http.GetAsync($"/fhir/Task/{job.Id}/$result{query}", Stop);
            Assert.Equal((query, HttpStatusCode.BadRequest), (query, refused.StatusCode));
        }
    }

    [Theory]
    [InlineData("""{"all": true}""", "application/json", HttpStatusCode.BadRequest, "whyを500文字以内")]
    [InlineData("""{"why": "x"}""", "application/json", HttpStatusCode.BadRequest, "対象が指定されていません")]
    [InlineData("""{"why": "x", "status": "{0}"}""", "application/json", HttpStatusCode.BadRequest, "パラメータstatus")]
    [InlineData("""{"why": "x", "all": true, "model": "nothing-like-it"}""", "application/fhir+json", HttpStatusCode.BadRequest, "モデル")]
    [InlineData("not json", "application/json", HttpStatusCode.BadRequest, "Parameters")]
    [InlineData("""{"why": "x", "all": true}""", "text/plain", HttpStatusCode.UnsupportedMediaType, "Content-Type")]
    [InlineData("""{"why": "x", "label": "NOSUCH"}""", "application/json", HttpStatusCode.BadRequest, "labelの所見コード")]
    [InlineData("""{"why": "x", "stauts": "failed"}""", "application/json", HttpStatusCode.BadRequest, "パラメータstauts")]
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
        Assert.Contains("64 KiB", (await TaskAsync(large)).GetRawText(), StringComparison.Ordinal);
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
        Assert.Equal(1L, await bench.ScalarAsync<long>("SELECT count(*) FROM replay_job WHERE requested_by = 'event:ops'"));

        var bad = Guid.NewGuid();
        await listener.PublishAsync($$"""{"eventId": "{{bad}}", "why": "x", "statuss": "failed"}""");
        var rejected = await listener.FinishedAsync(bad.ToString());
        Assert.Equal("rejected", rejected.GetProperty("state").GetString());
        Assert.Equal("replay-parameter-unknown", rejected.GetProperty("reasons")[0].GetProperty("code").GetString());
        Assert.Equal("statuss", rejected.GetProperty("reasons")[0].GetProperty("where").GetString());

        // Without a usable event id there is nobody to answer: a dead letter.
        await listener.PublishAsync("""{"all": true, "why": "x"}""");
        await Eventually.TrueAsync("a dead letter", async () => await bench.Events.DepthAsync("ecg.intake.dead") == 1);
        Assert.Equal(1L, await bench.ScalarAsync<long>("SELECT count(*) FROM replay_job"));
    }

    private static Task<HttpResponseMessage> PostAsync(HostedWorker worker, string body, string type = "application/fhir+json", string operation = "$replay")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/fhir/{operation}", UriKind.Relative))
        {
            Content = new StringContent(body, Encoding.UTF8, type),
        };
        request.Headers.Add("Prefer", "respond-async");
        return worker.Http.SendAsync(request, Stop);
    }

    private static JsonElement Named(JsonElement parameters, string name) =>
        parameters.GetProperty("parameter").EnumerateArray().Single(parameter => parameter.GetProperty("name").GetString() == name);

    private static JsonElement Part(JsonElement parameter, string name) =>
        parameter.GetProperty("part").EnumerateArray().Single(part => part.GetProperty("name").GetString() == name);

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
