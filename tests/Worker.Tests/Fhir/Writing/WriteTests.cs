using System.Net;
using System.Text.Json;
using EcgIntegration.Worker.Tests.Support;
using static EcgIntegration.Worker.Tests.Fhir.Writing.FhirCalls;

namespace EcgIntegration.Worker.Tests.Fhir.Writing;

public sealed class WriteTests(WorkerSite site) : IClassFixture<WorkerSite>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_created_resource_is_there_under_an_id_of_the_server_s()
    {
        using var created = await site.Http.PostAsync("/fhir/Patient", Patient("mine", "c1"));

        var body = await created.JsonAsync();
        var id = body.GetProperty("id").GetString();
        Assert.Equal((HttpStatusCode.Created, "W/\"1\""), (created.StatusCode, created.Headers.ETag?.ToString()));
        Assert.NotEqual("mine", id);
        Assert.EndsWith($"/fhir/Patient/{id}/_history/1", created.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.NotNull(created.Content.Headers.LastModified);
        Assert.Equal(body.GetRawText(), (await (await site.Http.GetAsync(created.Headers.Location, Stop)).JsonAsync()).GetRawText());
        Assert.Contains((await site.AuditTrailAsync()), record => record.Contains($"create Patient/{id}/_history/1 Patient/{id}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_put_creates_on_a_new_id_and_makes_the_next_version_on_a_known_one()
    {
        var id = NewId();
        using var first = await site.Http.PutAsync($"/fhir/Observation/{id}", Observation(id, "120"));
        using var second = await site.Http.PutAsync($"/fhir/Observation/{id}", Observation(id, "121"));
        using var same = await site.Http.PutAsync($"/fhir/Observation/{id}", Observation(id, "121"));

        Assert.Equal(
            [(HttpStatusCode.Created, "W/\"1\""), (HttpStatusCode.OK, "W/\"2\""), (HttpStatusCode.OK, "W/\"2\"")],
            new[] { first, second, same }.Select(response => (response.StatusCode, response.Headers.ETag!.ToString())));
        Assert.Equal(120, (await (await site.Http.GetAsync($"/fhir/Observation/{id}/_history/1", Stop)).JsonAsync()).GetProperty("valueQuantity").GetProperty("value").GetInt32());
    }

    [Fact]
    public async Task If_none_match_keeps_what_is_stored_from_being_written_over()
    {
        var id = NewId();
        using var first = await site.Http.PutAsync($"/fhir/Observation/{id}", Observation(id, "120"), ("If-None-Match", "*"));
        using var second = await site.Http.PutAsync($"/fhir/Observation/{id}", Observation(id, "121"), ("If-None-Match", "*"));

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.EndsWith(" http.If-None-Match", Assert.Single(await second.IssuesAsync(412)), StringComparison.Ordinal);
        Assert.Equal("1", (await (await site.Http.GetAsync($"/fhir/Observation/{id}", Stop)).JsonAsync()).VersionOf());
    }

    [Theory]
    [InlineData("W/\"1\"", 200)]
    [InlineData("\"1\"", 200)]
    [InlineData("W/\"7\", W/\"1\"", 200)]
    [InlineData("*", 200)]
    [InlineData("W/\"2\"", 412)]
    [InlineData("nonsense", 400)]
    public async Task If_match_keeps_a_change_from_being_lost(string tag, int status)
    {
        var id = NewId();
        using var first = await site.Http.PutAsync($"/fhir/Observation/{id}", Observation(id));
        using var second = await site.Http.PutAsync($"/fhir/Observation/{id}", Observation(id, "99"), ("If-Match", tag));

        Assert.Equal(status, (int)second.StatusCode);
        if (status == 412)
        {
            Assert.Equal(["fhir-version-conflict http.If-Match"], await second.IssuesAsync(412));
        }

        Assert.Equal(status == 200 ? "2" : "1", (await (await site.Http.GetAsync($"/fhir/Observation/{id}", Stop)).JsonAsync()).VersionOf());
    }

    [Fact]
    public async Task Of_changes_on_the_same_version_one_is_taken()
    {
        var id = NewId();
        using var first = await site.Http.PutAsync($"/fhir/Observation/{id}", Observation(id));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            site.Http.PutAsync($"/fhir/Observation/{id}", Observation(id, $"{i + 1}"), ("If-Match", "W/\"1\""))));

        Assert.Equal([200, 412, 412, 412, 412, 412, 412, 412], answers.Select(answer => (int)answer.StatusCode).Order());
    }

    [Fact]
    public async Task A_conditional_creation_makes_one_resource_however_many_ask_at_once()
    {
        var value = NewId();
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ =>
            site.Http.PostAsync("/fhir/Patient", Patient(null, value), ("If-None-Exist", $"identifier=urn:test:mrn|{value}"))));

        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.Equal(11, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        var ids = await Task.WhenAll(answers.Select(async answer => (await answer.JsonAsync()).GetProperty("id").GetString()));
        Assert.Single(ids.Distinct());
    }

    [Fact]
    public async Task A_condition_that_several_meet_or_that_narrows_nothing_creates_nothing()
    {
        var value = NewId();
        using var one = await site.Http.PostAsync("/fhir/Patient", Patient(null, value));
        using var two = await site.Http.PostAsync("/fhir/Patient", Patient(null, value));

        using var several = await site.Http.PostAsync("/fhir/Patient", Patient(null, value), ("If-None-Exist", $"identifier=urn:test:mrn|{value}"));
        using var nothing = await site.Http.PostAsync("/fhir/Patient", Patient(null, value), ("If-None-Exist", "_count=1"));
        using var unknown = await site.Http.PostAsync("/fhir/Patient", Patient(null, value), ("If-None-Exist", "shoesize=43"));
        using var empty = await site.Http.PostAsync("/fhir/Patient", Patient(null, value), ("If-None-Exist", ""));

        Assert.Equal(["fhir-condition-ambiguous http.If-None-Exist"], await several.IssuesAsync(412));
        Assert.Equal(["fhir-condition-invalid http.If-None-Exist"], await nothing.IssuesAsync(400));
        Assert.Equal(["fhir-condition-invalid http.If-None-Exist"], await empty.IssuesAsync(400));
        Assert.Equal(["fhir-parameter-unsupported http.If-None-Exist"], await unknown.IssuesAsync(400));
    }

    [Fact]
    public async Task What_is_deleted_is_gone_and_can_come_back()
    {
        var id = NewId();
        using var created = await site.Http.PutAsync($"/fhir/Patient/{id}", Patient(id, id));
        using var deleted = await site.Http.RemoveAsync($"/fhir/Patient/{id}");
        using var again = await site.Http.RemoveAsync($"/fhir/Patient/{id}");
        using var read = await site.Http.GetAsync($"/fhir/Patient/{id}", Stop);
        using var back = await site.Http.PutAsync($"/fhir/Patient/{id}", Patient(id, id));
        using var never = await site.Http.RemoveAsync($"/fhir/Patient/{NewId()}");

        Assert.Equal([204, 204, 410, 201, 204], new[] { deleted, again, read, back, never }.Select(response => (int)response.StatusCode));
        Assert.Equal("W/\"3\"", back.Headers.ETag!.ToString());
    }

    [Fact]
    public async Task What_others_refer_to_is_not_deleted()
    {
        var id = NewId();
        var observation = NewId();
        using var patient = await site.Http.PutAsync($"/fhir/Patient/{id}", Patient(id, id));
        using var about = await site.Http.PutAsync($"/fhir/Observation/{observation}", Observation(observation, patient: $"Patient/{id}"));
        using var refused = await site.Http.RemoveAsync($"/fhir/Patient/{id}");
        using var first = await site.Http.RemoveAsync($"/fhir/Observation/{observation}");
        using var then = await site.Http.RemoveAsync($"/fhir/Patient/{id}");

        Assert.Equal(["fhir-resource-in-use Patient"], await refused.IssuesAsync(409));
        Assert.Equal([204, 204], new[] { first, then }.Select(response => (int)response.StatusCode));
    }

    [Theory]
    [InlineData("application/xml", "{}", 415, "fhir-content-type-unsupported http.Content-Type")]
    [InlineData("text/plain", "{}", 415, "fhir-content-type-unsupported http.Content-Type")]
    [InlineData("application/fhir+json; charset=shift_jis", "{}", 415, "fhir-content-type-unsupported http.Content-Type")]
    [InlineData("application/fhir+json; fhirVersion=5.0", "{}", 415, "fhir-content-type-unsupported http.Content-Type")]
    [InlineData("application/json; charset=utf-8", "{", 400, "fhir-body-not-json Patient")]
    [InlineData("application/fhir+json", "[]", 400, "fhir-body-not-resource Patient")]
    [InlineData("application/fhir+json", """{"resourceType":"Patient","id":"1","id":"2"}""", 400, "fhir-element-repeated Patient.id")]
    [InlineData("application/fhir+json", """{"resourceType":"Patient","id":"\ud800"}""", 400, "fhir-body-not-unicode Patient.id")]
    [InlineData("application/fhir+json", """{"resourceType":"Device"}""", 400, "fhir-type-mismatch Patient.resourceType")]
    [InlineData("application/fhir+json", """{"resourceType":"Patient"}""", 400, "fhir-id-mismatch Patient.id")]
    [InlineData("application/fhir+json", """{"resourceType":"Patient","active":true}""", 400, "fhir-id-mismatch Patient.id")]
    [InlineData("application/fhir+json", """{"resourceType":"Patient","id":"p2"}""", 400, "fhir-id-mismatch Patient.id")]
    [InlineData("application/fhir+json", """{"resourceType":"Patient","id":"p1","gender":"x"}""", 422, "fhir-code-unknown Patient.gender")]
    public async Task A_body_that_is_not_understood_is_refused_with_its_reason(string type, string body, int status, string issue)
    {
        using var response = await site.Http.PutAsync("/fhir/Patient/p1", body, ("Content-Type", type));

        Assert.Equal([issue], await response.IssuesAsync(status));
    }

    [Fact]
    public async Task A_resource_with_nothing_but_its_type_is_one()
    {
        using var created = await site.Http.PostAsync("/fhir/Patient", """{"resourceType":"Patient"}""");
        using var observation = await site.Http.PostAsync("/fhir/Observation", """{"resourceType":"Observation"}""");

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var read = await (await site.Http.GetAsync(created.Headers.Location, Stop)).JsonAsync();
        Assert.Equal(["id", "meta", "resourceType"], read.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["fhir-element-missing Observation.code", "fhir-element-missing Observation.status"], (await observation.IssuesAsync(422)).Order());
    }

    [Fact]
    public async Task A_body_that_is_encoded_is_told_to_come_as_it_is()
    {
        using var zipped = await site.Http.PostAsync("/fhir/Patient", Patient(null, "zip"), ("Content-Encoding", "gzip"));
        using var plain = await site.Http.PostAsync("/fhir/Patient", Patient(null, "zip"), ("Content-Encoding", "identity"));

        Assert.Equal(["fhir-content-encoding-unsupported http.Content-Encoding"], await zipped.IssuesAsync(415));
        Assert.Equal(["identity"], zipped.Headers.GetValues("Accept-Encoding"));
        Assert.Equal(HttpStatusCode.Created, plain.StatusCode);
    }

    [Theory]
    [InlineData("1e101", "fhir-number-out-of-range Observation.value.value")]
    [InlineData("-1e40", "fhir-number-out-of-range Observation.value.value")]
    [InlineData("12345678901234567890123456789012345678901234567890", "fhir-number-out-of-range Observation.value.value")]
    [InlineData("\"1\"", "fhir-value-invalid Observation.value.value")]
    public async Task A_number_that_is_too_large_is_told_as_that(string number, string issue)
    {
        using var refused = await site.Http.PostAsync("/fhir/Observation", Observation(null, number));

        Assert.Equal([issue], await refused.IssuesAsync(422));
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused()
    {
        var big = new byte[(32 << 20) + 1];
        big.AsSpan().Fill((byte)' ');
        using var response = await site.Http.SendAsync(HttpMethod.Post, "/fhir/Patient", big);

        Assert.Equal(["fhir-body-too-large Patient"], await response.IssuesAsync(413));
    }

    [Theory]
    [InlineData("POST", "/fhir/AuditEvent", 405)]
    [InlineData("DELETE", "/fhir/AuditEvent/1", 405)]
    [InlineData("PATCH", "/fhir/Patient/p1", 405)]
    [InlineData("PUT", "/fhir/Patient", 405)]
    [InlineData("DELETE", "/fhir/Patient", 405)]
    [InlineData("PUT", "/fhir/Patient/_history", 405)]
    [InlineData("POST", "/fhir/metadata", 405)]
    [InlineData("POST", "/fhir/Medication", 404)]
    public async Task What_a_type_does_not_take_is_answered_with_an_outcome(string method, string path, int status)
    {
        using var response = await site.Http.SendAsync(new HttpMethod(method), path, "{}"u8.ToArray());

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("OperationOutcome", (await response.JsonAsync()).GetProperty("resourceType").GetString());
    }

    [Theory]
    [InlineData("return=minimal", null)]
    [InlineData("return=OperationOutcome", "OperationOutcome")]
    [InlineData("return=representation", "Patient")]
    [InlineData("return=whatever", "Patient")]
    public async Task The_client_says_what_it_wants_back(string prefer, string? type)
    {
        using var response = await site.Http.PostAsync("/fhir/Patient", Patient(null, NewId()), ("Prefer", prefer));

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var text = await response.Content.ReadAsStringAsync(Stop);
        Assert.Equal(type, text.Length == 0 ? null : JsonDocument.Parse(text).RootElement.GetProperty("resourceType").GetString());
    }

    [Fact]
    public async Task Numbers_and_samples_come_back_digit_for_digit()
    {
        var id = NewId();
        var samples = string.Join(' ', Enumerable.Range(0, 60_000).Select(i => (i % 997) switch { 3 => "E", 5 => "L", 7 => "U", 11 => "1.10", 13 => "-0", 17 => "2e1", var n => $"{n - 400}" }));
        // Not under valueSampledData of the Observation itself, where it would have to be an ECG.
        var json = $$"""
            {"resourceType":"Observation","id":"{{id}}","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.10},
             "referenceRange":[{"low":{"value":1e3},"high":{"value":-0.0} }],"component":[{"code":{"text":"c"},"valueQuantity":{"value":0.500} }],
             "extension":[{"url":"http://example.org/wave","valueSampledData":{"origin":{"value":0.00},"period":2.0,"dimensions":12,"data":"{{samples}}"} }]}
            """;
        using var created = await site.Http.PutAsync($"/fhir/Observation/{id}", json);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);

        var read = await (await site.Http.GetAsync($"/fhir/Observation/{id}", Stop)).JsonAsync();

        var wave = read.GetProperty("extension")[0].GetProperty("valueSampledData");
        Assert.Equal(samples, wave.GetProperty("data").GetString());
        Assert.Equal(
            ["1.10", "1e3", "-0.0", "0.500", "0.00", "2.0"],
            new[]
            {
                read.GetProperty("valueQuantity").GetProperty("value"), read.GetProperty("referenceRange")[0].GetProperty("low").GetProperty("value"),
                read.GetProperty("referenceRange")[0].GetProperty("high").GetProperty("value"),
                read.GetProperty("component")[0].GetProperty("valueQuantity").GetProperty("value"),
                wave.GetProperty("origin").GetProperty("value"), wave.GetProperty("period"),
            }.Select(number => number.GetRawText()));
    }

    [Theory]
    [InlineData("""{"resourceType":"DiagnosticReport","meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"AIAST"}]},"status":"final","code":{"text":"x"}}""", "fhir-machine-claim DiagnosticReport.meta.security")]
    [InlineData("""{"resourceType":"Device","identifier":[{"value":"1"},{"system":"urn:ecg-integration:model-sha256","value":"x"}]}""", "fhir-machine-claim Device.identifier[1]")]
    [InlineData("""{"resourceType":"Observation","status":"preliminary","code":{"text":"x"},"device":{"reference":"Device/MODEL"}}""", "fhir-machine-claim Observation.device")]
    [InlineData("""{"resourceType":"Provenance","target":[{"reference":"Patient/1"}],"recorded":"2026-04-01T00:00:00Z","agent":[{"who":{"reference":"Practitioner/1"},"onBehalfOf":{"reference":"http://localhost/fhir/Device/MODEL/_history/1"}}]}""", "fhir-machine-claim Provenance.agent[0].onBehalfOf")]
    public async Task Nobody_speaks_for_the_model(string json, string issue)
    {
        json = json.Replace("MODEL", new string('a', 64), StringComparison.Ordinal);
        using var response = await site.Http.PostAsync($"/fhir/{JsonDocument.Parse(json).RootElement.GetProperty("resourceType").GetString()}", json);

        Assert.Equal([issue], await response.IssuesAsync(422));
    }

    [Theory]
    [InlineData("Device", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("Observation", "7b0c6b1e-0f5e-8a55-9c0b-3b8d6f1f2a10")]
    public async Task An_id_that_a_result_could_need_is_not_taken(string type, string id)
    {
        var json = type == "Device" ? $$"""{"resourceType":"Device","id":"{{id}}"}""" : Observation(id);
        using var response = await site.Http.PutAsync($"/fhir/{type}/{id}", json);

        Assert.Equal([$"fhir-id-reserved {type}"], await response.IssuesAsync(422));
    }

    [Fact]
    public async Task What_this_system_wrote_is_not_a_client_s_to_change()
    {
        var entry = await site.StoreStudyAsync("Patient/machine", "2026-04-01");
        var read = await site.Http.GetAsync($"/fhir/{entry.Report}", Stop);
        var json = (await read.Content.ReadAsStringAsync(Stop)).Replace("\"preliminary\"", "\"final\",\"code\":{\"text\":\"x\"}", StringComparison.Ordinal);
        using var changed = await site.Http.PutAsync($"/fhir/{entry.Report}", json, ("If-Match", "W/\"1\""));
        using var deleted = await site.Http.RemoveAsync($"/fhir/{entry.Report}");

        Assert.Equal(["fhir-machine-made DiagnosticReport"], await changed.IssuesAsync(403));
        Assert.Equal(["fhir-machine-made DiagnosticReport"], await deleted.IssuesAsync(403));
    }

    [Fact]
    public async Task An_ecg_is_not_deleted_nor_robbed_of_its_samples_nor_moved_to_another_patient()
    {
        var id = NewId();
        using var created = await site.Http.PutAsync($"/fhir/Observation/{id}", Ecg(id, 0));
        using var deleted = await site.Http.RemoveAsync($"/fhir/Observation/{id}");
        using var robbed = await site.Http.PutAsync($"/fhir/Observation/{id}", Observation(id));
        using var moved = await site.Http.PutAsync($"/fhir/Observation/{id}", Ecg(id, 0, "Patient/other"));

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal(["fhir-ecg-not-deletable Observation"], await deleted.IssuesAsync(409));
        Assert.Equal(["fhir-ecg-samples-removed Observation"], await robbed.IssuesAsync(422));
        Assert.Equal(["fhir-patient-changed Observation"], await moved.IssuesAsync(422));
        Assert.Equal("1", (await (await site.Http.GetAsync($"/fhir/Observation/{id}", Stop)).JsonAsync()).VersionOf());
    }

    [Fact]
    public async Task An_ecg_that_an_event_would_be_rejected_for_is_refused_with_the_same_reasons()
    {
        var json = Ecg(null, 0, change: ecg => ecg["component"]![2]!["valueSampledData"]!["origin"]!.AsObject().Remove("unit"));
        json = json.Replace("\"code\":\"uV\"", "\"code\":\"furlong\"", StringComparison.Ordinal).Replace("\"code\":\"mV\"", "\"code\":\"furlong\"", StringComparison.Ordinal);
        using var unit = await site.Http.PostAsync("/fhir/Observation", json);
        using var subject = await site.Http.PostAsync("/fhir/Observation", Ecg(null, 0, change: ecg => ecg.Remove("subject")));

        Assert.All(await unit.IssuesAsync(422), issue => Assert.Contains(" Observation.component[", issue, StringComparison.Ordinal));
        Assert.Equal(["subject-missing Observation.subject"], await subject.IssuesAsync(422));
    }

    [Fact]
    public async Task An_ecg_is_in_the_ledger_once_it_is_stored()
    {
        using var response = await site.Http.PostAsync(
            "/fhir/Observation",
            Ecg(null, 0, change: ecg => ecg["meta"] = System.Text.Json.Nodes.JsonNode.Parse(
                """{"tag":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActPriority","code":"S"}]}""")));

        var link = Assert.Single(response.Headers.GetValues("Link"));
        Assert.Matches("^</events/[0-9a-f-]{36}>; rel=\"related\"$", link);
        var entry = await site.Ledger.FindAsync(Guid.Parse(link[9..45]), Stop);
        Assert.Equal(
            ("fhir", "stat", 0, true, $"Observation/{(await response.JsonAsync()).GetProperty("id").GetString()}"),
            (entry!.SourceSystem, Contracts.Events.WireName.Of(entry.Priority), entry.Attempts, entry.AwaitsStudy, entry.Observation));
        Assert.Equal("received", (await (await site.Http.GetAsync(link[1..45], Stop)).JsonAsync()).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Every_form_of_an_ecg_s_numbers_comes_back_as_it_was_sent()
    {
        var id = NewId();
        var json = Ecg(id, 3);
        using var created = await site.Http.PutAsync($"/fhir/Observation/{id}", json);
        var read = await (await site.Http.GetAsync($"/fhir/Observation/{id}", Stop)).JsonAsync();

        Assert.Equal(Tokens(JsonDocument.Parse(json).RootElement), Tokens(read));
    }

    /// <summary>Every scalar but the store's own, as it is written, sorted: the order of names is the database's.</summary>
    private static IEnumerable<string> Tokens(JsonElement element, string path = "") => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Where(member => member.Name is not ("versionId" or "lastUpdated"))
            .SelectMany(member => Tokens(member.Value, $"{path}.{member.Name}")).Order(StringComparer.Ordinal),
        JsonValueKind.Array => element.EnumerateArray().SelectMany((item, i) => Tokens(item, $"{path}[{i}]")),
        JsonValueKind.String => [$"{path}={element.GetString()}"],
        _ => [$"{path}={element.GetRawText()}"],
    };
}
