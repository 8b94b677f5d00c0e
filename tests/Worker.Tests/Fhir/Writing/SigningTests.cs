using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Tests.Support;
using static EcgIntegration.Worker.Tests.Fhir.Writing.FhirCalls;

namespace EcgIntegration.Worker.Tests.Fhir.Writing;

/// <summary>What a physician does with a result: moves its Task along, and signs its report.</summary>
public sealed class SigningTests(PostgresFixture postgres, RabbitMqFixture rabbit)
{
    private const string Notice = "AIによる解析補助・医師未確認";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_report_is_settled_by_its_physician_and_accompanied_from_then_on()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var id = NewId();
        var report = await ReportAsync(worker, id, sample: 0);
        var before = await worker.JsonAsync($"/fhir/{report}");

        using var signed = await SignAsync(worker, report, "W/\"1\"", "洞調律。異常なし。");
        var after = await signed.JsonAsync();

        Assert.Equal((HttpStatusCode.OK, "W/\"2\""), (signed.StatusCode, signed.Headers.ETag!.ToString()));
        Assert.Equal(
            ("final", "洞調律。異常なし。", "Practitioner/dr1", "2"),
            (after.GetProperty("status").GetString(), after.GetProperty("conclusion").GetString(),
                after.GetProperty("resultsInterpreter")[0].GetProperty("reference").GetString(), after.VersionOf()));
        Assert.DoesNotContain("display", after.GetProperty("resultsInterpreter")[0].GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(Notice, after.GetProperty("conclusion").GetString() + after.GetProperty("text").GetRawText(), StringComparison.Ordinal);
        Assert.Contains("洞調律。異常なし。", after.GetProperty("text").GetProperty("div").GetString(), StringComparison.Ordinal);
        Assert.Contains(after.GetProperty("extension").EnumerateArray(), extension =>
            extension.GetProperty("url").GetString() == "urn:ecg-integration:extension:ai-conclusion"
            && before.GetProperty("conclusion").GetString()!.EndsWith(extension.GetProperty("valueString").GetString()!, StringComparison.Ordinal));
        Assert.Equal("AIAST", after.GetProperty("meta").GetProperty("security")[0].GetProperty("code").GetString());
        Assert.Equal("preliminary", (await worker.JsonAsync($"/fhir/{report}/_history/1")).GetProperty("status").GetString());

        var task = Assert.Single(await FindAsync(worker, $"/fhir/Task?patient=Patient/w1"));
        Assert.Equal(("completed", "2"), (task.GetProperty("status").GetString(), task.VersionOf()));
        var provenance = Assert.Single(
            await FindAsync(worker, $"/fhir/Provenance?target={report}"), one => one.GetProperty("agent")[0].GetProperty("type").GetProperty("coding")[0].GetProperty("code").GetString() == "verifier");
        Assert.Equal("Practitioner/dr1", provenance.GetProperty("agent")[0].GetProperty("who").GetProperty("reference").GetString());
        Assert.Equal($"{report}/_history/1", provenance.GetProperty("entity")[0].GetProperty("what").GetProperty("reference").GetString());
        Assert.Contains($"{report}/_history/2", provenance.GetProperty("target").GetRawText(), StringComparison.Ordinal);

        using var twice = await SignAsync(worker, report, "W/\"2\"", "別の結論");
        Assert.Equal(["sign-signed-already DiagnosticReport.status"], await twice.IssuesAsync(409));

        // A later result stands beside it.
        using var put = await worker.Http.PutAsync($"/fhir/Observation/{id}", Ecg(id, 3));
        var next = await worker.Events.OutcomeAsync(EventOf(put));
        Assert.NotEqual(report, next.Report);
        Assert.Equal("2", (await worker.JsonAsync($"/fhir/{report}")).VersionOf());
        Assert.Contains("確定報告書を置き換えません", (await worker.JsonAsync($"/fhir/{next.Report}")).GetProperty("conclusion").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signature_needs_a_version_a_physician_and_a_conclusion()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var report = await ReportAsync(worker, NewId(), sample: 0);
        var client = NewId();
        using var theirs = await worker.Http.PutAsync($"/fhir/DiagnosticReport/{client}", $$"""{"resourceType":"DiagnosticReport","id":"{{client}}","status":"preliminary","code":{"text":"x"} }""");

        using var blind = await SignAsync(worker, report, null, "x");
        using var stale = await SignAsync(worker, report, "W/\"7\"", "x");
        using var empty = await SignAsync(worker, report, "W/\"1\"", " ");
        using var nobody = await SignAsync(worker, report, "W/\"1\"", "x", """{"name":"practitioner","valueReference":{"reference":"Patient/1"} }""");
        using var unknown = await SignAsync(worker, report, "W/\"1\"", "x", """{"name":"physician","valueString":"x"}""");
        using var notOurs = await SignAsync(worker, $"DiagnosticReport/{client}", "W/\"1\"", "x");
        using var missing = await SignAsync(worker, "DiagnosticReport/none", "W/\"1\"", "x");

        Assert.Equal(["fhir-if-match-required http.If-Match"], await blind.IssuesAsync(428));
        Assert.Equal(["fhir-version-conflict http.If-Match"], await stale.IssuesAsync(412));
        Assert.Equal(["sign-parameters-invalid Parameters.parameter[1].value"], await empty.IssuesAsync(400));
        Assert.Equal(["sign-parameters-invalid Parameters.parameter[0].value"], await nobody.IssuesAsync(400));
        Assert.Equal(["sign-parameters-invalid Parameters.parameter[0]"], await unknown.IssuesAsync(400));
        Assert.Equal(["sign-not-a-result DiagnosticReport"], await notOurs.IssuesAsync(422));
        Assert.Equal(["fhir-resource-unknown DiagnosticReport.id"], await missing.IssuesAsync(404));
        Assert.Equal("1", (await worker.JsonAsync($"/fhir/{report}")).VersionOf());
    }

    [Fact]
    public async Task Of_signatures_at_once_one_counts()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var report = await ReportAsync(worker, NewId(), sample: 0);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => SignAsync(worker, report, "W/\"1\"", $"結論{i}")));

        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.All(answers.Where(answer => answer.StatusCode != HttpStatusCode.OK), answer => Assert.Contains((int)answer.StatusCode, new[] { 409, 412 }));
        Assert.Equal("2", (await worker.JsonAsync($"/fhir/{report}")).VersionOf());
    }

    [Fact]
    public async Task A_review_task_is_moved_along_and_nothing_else_of_it_changes()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        await ReportAsync(worker, NewId(), sample: 0);
        var task = Assert.Single(await FindAsync(worker, "/fhir/Task?patient=Patient/w1"));
        var path = $"/fhir/Task/{task.GetProperty("id").GetString()}";

        using var moved = await worker.Http.PutAsync(path, Changed(task, "status", "in-progress", "owner", """{"reference":"Practitioner/dr1"}"""), ("If-Match", "W/\"1\""));
        using var blind = await worker.Http.PutAsync(path, Changed(task, "status", "on-hold"));
        using var stale = await worker.Http.PutAsync(path, Changed(task, "status", "on-hold"), ("If-Match", "W/\"1\""));
        using var other = await worker.Http.PutAsync(path, Changed(task, "priority", "routine"), ("If-Match", "W/\"2\""));
        using var deleted = await worker.Http.RemoveAsync(path);

        Assert.Equal(HttpStatusCode.OK, moved.StatusCode);
        var now = await worker.JsonAsync(path);
        Assert.Equal(("in-progress", "Practitioner/dr1", "2"), (now.GetProperty("status").GetString(), now.GetProperty("owner").GetProperty("reference").GetString(), now.VersionOf()));
        Assert.Equal(["fhir-if-match-required http.If-Match"], await blind.IssuesAsync(428));
        Assert.Equal(["fhir-version-conflict http.If-Match"], await stale.IssuesAsync(412));
        Assert.Equal(["fhir-task-change Task.priority"], await other.IssuesAsync(422));
        Assert.Equal(["fhir-machine-made Task"], await deleted.IssuesAsync(403));
    }

    private static string Changed(JsonElement task, params string[] members)
    {
        var node = JsonNode.Parse(task.GetRawText())!;
        for (var i = 0; i < members.Length; i += 2)
        {
            node[members[i]] = members[i + 1][0] == '{' ? JsonNode.Parse(members[i + 1]) : JsonValue.Create(members[i + 1]);
        }

        return node.ToJsonString();
    }

    private static async Task<string> ReportAsync(RunningWorker worker, string id, int sample)
    {
        using var put = await worker.Http.PutAsync($"/fhir/Observation/{id}", Ecg(id, sample));
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        return (await worker.Events.OutcomeAsync(EventOf(put))).Report!;
    }

    private static Guid EventOf(HttpResponseMessage response) => Guid.Parse(Assert.Single(response.Headers.GetValues("Link"))[9..45]);

    private static Task<HttpResponseMessage> SignAsync(RunningWorker worker, string report, string? version, string conclusion, string? physician = null)
    {
        physician ??= """{"name":"practitioner","valueReference":{"reference":"Practitioner/dr1","display":"試験 医師"} }""";
        var body = $$"""{"resourceType":"Parameters","parameter":[{{physician}},{"name":"conclusion","valueString":{{JsonSerializer.Serialize(conclusion)}} }]}""";
        return worker.Http.PostAsync($"/fhir/{report}/$sign", body, version is null ? [] : [("If-Match", version)]);
    }

    private static async Task<IReadOnlyList<JsonElement>> FindAsync(RunningWorker worker, string path)
    {
        var bundle = await (await worker.Http.GetAsync(path, Stop)).JsonAsync();
        return bundle.TryGetProperty("entry", out var entries) ? [.. entries.EnumerateArray().Select(entry => entry.GetProperty("resource"))] : [];
    }
}
