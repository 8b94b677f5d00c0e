using System.Net;
using System.Text.Json;
using EcgIntegration.Worker.Tests.Support;
using static EcgIntegration.Worker.Tests.Fhir.Writing.FhirCalls;

namespace EcgIntegration.Worker.Tests.Fhir.Writing;

public sealed class BundleTests(WorkerSite site) : IClassFixture<WorkerSite>
{
    private const string One = "urn:uuid:7b0c6b1e-0f5e-4a55-9c0b-3b8d6f1f2a10";
    private const string Two = "urn:uuid:7b0c6b1e-0f5e-4a55-9c0b-3b8d6f1f2a11";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task References_between_entries_become_the_ids_given()
    {
        var value = NewId();
        using var response = await SendAsync("transaction",
            Entry("POST", "Observation", Observation(null, "1.10", One).Replace("\"mmHg\"", "\"mmHg\",\"extension\":[{\"url\":\"http://x\",\"valueUri\":\"" + Two + "\"}]", StringComparison.Ordinal), Two),
            Entry("POST", "Patient", Patient(null, value), One),
            Entry("PUT", $"Device/{value}", $$$"""{"resourceType":"Device","id":"{{{value}}}","patient":{"reference":"{{{One}}}"}}"""));

        var answers = await AnswersAsync(response, "transaction-response");
        Assert.All(answers, answer => Assert.Equal(("201 Created", "W/\"1\""), (Text(answer, "status"), Text(answer, "etag"))));
        var patient = Text(answers[1], "location")!.Replace("/_history/1", "", StringComparison.Ordinal);
        var observation = await ReadAsync(Text(answers[0], "location")!);
        Assert.Equal(patient, observation.GetProperty("subject").GetProperty("reference").GetString());
        Assert.Equal($"Observation/{observation.GetProperty("id").GetString()}", observation.GetProperty("valueQuantity").GetProperty("extension")[0].GetProperty("valueUri").GetString());
        Assert.Equal("1.10", observation.GetProperty("valueQuantity").GetProperty("value").GetRawText());
        Assert.Equal(patient, (await ReadAsync($"Device/{value}")).GetProperty("patient").GetProperty("reference").GetString());
        Assert.Equal(observation.GetProperty("meta").GetProperty("lastUpdated").GetString(), Text(answers[0], "lastModified"));
    }

    [Fact]
    public async Task Where_one_entry_is_refused_nothing_is_written()
    {
        var id = NewId();
        using var invalid = await SendAsync("transaction",
            Entry("PUT", $"Patient/{id}", Patient(id, id)), Entry("POST", "Observation", """{"resourceType":"Observation","status":"final"}"""));
        using var conflict = await SendAsync("transaction",
            Entry("PUT", $"Patient/{id}", Patient(id, id)), Entry("DELETE", $"Device/{NewId()}"), Entry("PUT", "Device/no*id", "{}"));

        Assert.Equal(["fhir-element-missing Bundle.entry[1].resource.code"], await invalid.IssuesAsync(422));
        Assert.Equal(["fhir-id-invalid Bundle.entry[2].request.url"], await conflict.IssuesAsync(400));
        Assert.Equal(HttpStatusCode.NotFound, (await site.Http.GetAsync($"/fhir/Patient/{id}", Stop)).StatusCode);
    }

    [Theory]
    [InlineData("Patient/nobody")]
    [InlineData("Patient?birthdate=rubbish")]
    public async Task A_read_that_fails_makes_a_transaction_fail_and_nothing_is_written(string url)
    {
        var id = NewId();
        using var refused = await SendAsync("transaction", Entry("PUT", $"Patient/{id}", Patient(id, id)), Entry("GET", url));

        Assert.Equal(["fhir-transaction-read-failed Bundle.entry[1].request.url"], await refused.IssuesAsync(400));
        Assert.Equal(HttpStatusCode.NotFound, (await site.Http.GetAsync($"/fhir/Patient/{id}", Stop)).StatusCode);
    }

    [Theory]
    [InlineData("transaction")]
    [InlineData("batch")]
    public async Task What_is_read_is_recorded_once(string type)
    {
        var (seen, found, written) = (NewId(), NewId(), NewId());
        foreach (var id in new[] { seen, found })
        {
            using var put = await site.Http.PutAsync($"/fhir/Patient/{id}", Patient(id, id));
        }

        using var done = await SendAsync(
            type, Entry("GET", $"Patient/{seen}"), Entry("GET", $"Patient?_id={found}"), Entry("PUT", $"Patient/{written}", Patient(written, written)));
        await AnswersAsync(done, $"{type}-response");
        var trail = await site.AuditTrailAsync();

        Assert.Single(trail, record => record.Contains($" read Patient/{seen}/", StringComparison.Ordinal));
        Assert.Single(trail, record => record.Contains($" search Patient Patient/{found} 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_transaction_that_fails_would_have_read_is_not_recorded_as_seen()
    {
        var id = NewId();
        using var put = await site.Http.PutAsync($"/fhir/Patient/{id}", Patient(id, id));
        using var refused = await SendAsync("transaction", Entry("GET", $"Patient/{id}"), Entry("GET", "Patient/nobody/_history/1"), Entry("DELETE", $"Patient/{id}"));

        Assert.Equal(["fhir-transaction-read-failed Bundle.entry[1].request.url"], await refused.IssuesAsync(400));
        Assert.DoesNotContain(await site.AuditTrailAsync(), record => record.Contains($" read Patient/{id}/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_transaction_reads_what_it_writes()
    {
        var id = NewId();
        using var done = await SendAsync("transaction", Entry("PUT", $"Patient/{id}", Patient(id, id)), Entry("GET", $"Patient/{id}"));

        Assert.Equal(["201 Created", "200 OK"], (await AnswersAsync(done, "transaction-response")).Select(answer => Text(answer, "status")));
    }

    [Fact]
    public async Task An_entry_of_a_batch_that_is_none_leaves_the_others_alone()
    {
        var id = NewId();
        using var done = await SendAsync("batch", Entry("PATCH", $"Patient/{id}"), """{"resource": {"resourceType": "Patient"}}""", Entry("PUT", $"Patient/{id}", Patient(id, id)));

        var statuses = (await AnswersAsync(done, "batch-response")).Select(answer => Text(answer, "status")![..1]);
        Assert.Equal(["4", "4", "2"], statuses);
        Assert.Equal(HttpStatusCode.OK, (await site.Http.GetAsync($"/fhir/Patient/{id}", Stop)).StatusCode);
    }

    [Fact]
    public async Task Conditions_hold_within_a_transaction_and_searches_stand_for_references()
    {
        var value = NewId();
        var observation = Observation(null, patient: $"Patient?identifier=urn:test:mrn|{value}");
        var patient = Entry("POST", "Patient", Patient(null, value), One, $"identifier=urn:test:mrn|{value}");

        using var unknown = await SendAsync("transaction", Entry("POST", "Observation", observation));
        using var first = await SendAsync("transaction", patient, Entry("POST", "Observation", Observation(null, patient: One)));
        using var second = await SendAsync("transaction", patient, Entry("POST", "Observation", Observation(null, patient: One)), Entry("POST", "Observation", observation));

        Assert.Equal(["fhir-reference-unresolved Bundle.entry[0].resource.subject"], await unknown.IssuesAsync(412));
        var created = await AnswersAsync(first, "transaction-response");
        var matched = await AnswersAsync(second, "transaction-response");
        Assert.Equal(("201 Created", "200 OK"), (Text(created[0], "status"), Text(matched[0], "status")));
        Assert.Equal(Text(created[0], "location"), Text(matched[0], "location"));
        var reference = Text(created[0], "location")!.Split("/_history")[0];
        foreach (var answer in matched.Skip(1))
        {
            Assert.Equal(reference, (await ReadAsync(Text(answer, "location")!)).GetProperty("subject").GetProperty("reference").GetString());
        }
    }

    [Fact]
    public async Task Transactions_that_meet_in_opposite_order_both_come_through()
    {
        string[] ids = [NewId(), NewId()];
        for (var round = 0; round < 5; round++)
        {
            var entries = ids.Select(id => Entry("PUT", $"Observation/{id}", Observation(id, $"{round + 1}"))).ToArray();
            var reversed = ids.Reverse().Select(id => Entry("PUT", $"Observation/{id}", Observation(id, $"{round + 100}"))).ToArray();
            var answers = await Task.WhenAll(SendAsync("transaction", entries), SendAsync("transaction", reversed));
            Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        }
    }

    [Fact]
    public async Task The_same_resource_or_name_twice_is_refused()
    {
        var id = NewId();
        using var twice = await SendAsync("transaction", Entry("PUT", $"Patient/{id}", Patient(id, id)), Entry("DELETE", $"Patient/{id}"));
        using var named = await SendAsync("transaction", Entry("POST", "Patient", Patient(null, id), One), Entry("POST", "Patient", Patient(null, id), One));

        Assert.Equal(["fhir-bundle-duplicate Bundle.entry[1].resource"], await twice.IssuesAsync(400));
        Assert.Equal(["fhir-bundle-duplicate Bundle.entry[1].fullUrl"], await named.IssuesAsync(400));
    }

    [Fact]
    public async Task Deletions_come_first_and_reads_last_and_see_what_was_written()
    {
        var (gone, kept) = (NewId(), NewId());
        using var before = await site.Http.PutAsync($"/fhir/Patient/{gone}", Patient(gone, gone));
        using var about = await site.Http.PutAsync($"/fhir/Observation/{kept}", Observation(kept, patient: $"Patient/{gone}"));
        using var refused = await SendAsync("transaction", Entry("DELETE", $"Patient/{gone}"));
        using var response = await SendAsync("transaction",
            Entry("GET", $"Patient/{gone}"), Entry("GET", $"Patient?_id={gone}"), Entry("DELETE", $"Patient/{gone}"), Entry("DELETE", $"Observation/{kept}"));

        Assert.Equal(["fhir-resource-in-use Bundle.entry[0].resource"], await refused.IssuesAsync(409));
        var bundle = await response.JsonAsync();
        var entries = bundle.GetProperty("entry");
        Assert.Equal("410 Gone", Text(entries[0].GetProperty("response"), "status"));
        Assert.False(entries[1].GetProperty("resource").TryGetProperty("entry", out _));
        Assert.Equal("204 No Content", Text(entries[2].GetProperty("response"), "status"));
    }

    [Fact]
    public async Task Of_a_batch_each_entry_stands_alone()
    {
        var id = NewId();
        using var response = await SendAsync("batch",
            Entry("PUT", $"Patient/{id}", Patient(id, id)),
            Entry("POST", "Observation", """{"resourceType":"Observation","status":"final"}"""),
            Entry("POST", "Observation", Observation(null, patient: One)),
            Entry("POST", "AuditEvent", """{"resourceType":"AuditEvent"}"""),
            Entry("GET", $"Patient/{id}/_history/1"),
            Entry("GET", "metadata"));

        var answers = await AnswersAsync(response, "batch-response");
        Assert.Equal("CapabilityStatement", Text((await response.JsonAsync()).GetProperty("entry")[5].GetProperty("resource"), "resourceType"));
        Assert.Equal(["201", "422", "422"], answers.Take(3).Select(answer => Text(answer, "status")![..3]));
        Assert.StartsWith("4", Text(answers[3], "status"), StringComparison.Ordinal);
        Assert.StartsWith("200", Text(answers[4], "status"), StringComparison.Ordinal);
        Assert.Equal(["fhir-element-missing Bundle.entry[1].resource.code"], Issues(answers[1].GetProperty("outcome")));
        Assert.Equal(["fhir-reference-temporary Bundle.entry[2].resource.subject"], Issues(answers[2].GetProperty("outcome")));
    }

    [Fact]
    public async Task An_ecg_in_a_transaction_is_recorded_with_its_patient_and_named_in_the_answer()
    {
        var value = NewId();
        using var response = await SendAsync("transaction",
            Entry("POST", "Observation", Ecg(null, 0, One), Two), Entry("POST", "Patient", Patient(null, value), One));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var bundle = await response.JsonAsync();
        var link = bundle.GetProperty("entry")[0].GetProperty("link")[0].GetProperty("url").GetString()!;
        Assert.Equal($"<{link}>; rel=\"related\"", Assert.Single(response.Headers.GetValues("Link")));
        var entry = (await site.Ledger.FindAsync(Guid.Parse(link["/events/".Length..]), Stop))!;
        var ecg = await ReadAsync(entry.Observation!);
        Assert.Equal(
            Text(bundle.GetProperty("entry")[1].GetProperty("response"), "location")!.Split("/_history")[0],
            ecg.GetProperty("subject").GetProperty("reference").GetString());
    }

    [Theory]
    [InlineData("""{"resourceType":"Bundle","type":"collection"}""", 422, "fhir-bundle-type Bundle.type")]
    [InlineData("""{"resourceType":"Patient"}""", 400, "fhir-type-mismatch Bundle.resourceType")]
    [InlineData("""{"resourceType":"Bundle","type":"batch","CANARY":1}""", 422, "fhir-element-unknown Bundle")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"PATCH","url":"Patient/1"}}]}""", 400, "fhir-bundle-entry-invalid Bundle.entry[0].request.method")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"POST"}}]}""", 400, "fhir-bundle-entry-invalid Bundle.entry[0].request.url")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"POST","url":"Patient"}}]}""", 400, "fhir-bundle-entry-invalid Bundle.entry[0]")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"PUT","url":"Patient?identifier=1"},"resource":{"resourceType":"Patient"}}]}""", 400, "fhir-bundle-entry-invalid Bundle.entry[0].request.url")]
    public async Task A_bundle_that_is_not_understood_is_refused(string json, int status, string issue)
    {
        using var response = await site.Http.PostAsync("/fhir", json);

        Assert.Equal([issue], await response.IssuesAsync(status));
    }

    private Task<HttpResponseMessage> SendAsync(string type, params string[] entries) =>
        site.Http.PostAsync("/fhir", $$"""{"resourceType":"Bundle","type":"{{type}}","entry":[{{string.Join(',', entries)}}]}""");

    private static string Entry(string method, string url, string? resource = null, string? fullUrl = null, string? ifNoneExist = null)
    {
        var name = fullUrl is null ? "" : $"\"fullUrl\":\"{fullUrl}\",";
        var content = resource is null ? "" : $"\"resource\":{resource},";
        var condition = ifNoneExist is null ? "" : $",\"ifNoneExist\":\"{ifNoneExist}\"";
        return "{" + name + content + $"\"request\":{{\"method\":\"{method}\",\"url\":\"{url}\"{condition}}}}}";
    }

    private static async Task<IReadOnlyList<JsonElement>> AnswersAsync(HttpResponseMessage response, string type)
    {
        var bundle = await response.JsonAsync();
        Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, bundle.GetProperty("type").GetString()));
        return [.. bundle.GetProperty("entry").EnumerateArray().Select(entry => entry.GetProperty("response"))];
    }

    private async Task<JsonElement> ReadAsync(string path) => await (await site.Http.GetAsync($"/fhir/{path}", Stop)).JsonAsync();

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;
}
