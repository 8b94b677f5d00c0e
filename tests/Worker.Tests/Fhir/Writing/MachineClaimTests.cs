using System.Net;
using System.Text.Json;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Worker.Tests.Support;
using static EcgIntegration.Worker.Tests.Fhir.Writing.FhirCalls;

namespace EcgIntegration.Worker.Tests.Fhir.Writing;

/// <summary>What could be taken for this system's own result, or for a physician's signature on one, and what is a client's to write.</summary>
public sealed class MachineClaimTests(WorkerSite site) : IClassFixture<WorkerSite>
{
    private const string Report = "DiagnosticReport/7b0c6b1e-0f5e-8a55-9c0b-3b8d6f1f2a10";
    private const string Finding = "Observation/7b0c6b1e-0f5e-8a55-9c0b-3b8d6f1f2a11";
    private const string Agent = """ "recorded":"2026-04-01T00:00:00Z","agent":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/provenance-participant-type","code":"verifier"}]},"who":{"reference":"Practitioner/1"}}] """;
    private const string Code = """ "code":{"text":"x"} """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Imitations { get; } = new()
    {
        { """{"resourceType":"Provenance","target":[{"reference":"Patient/1"},{"reference":"REPORT/_history/1"}],AGENT}""", "fhir-sign-off-claim Provenance.target[1]" },
        { """{"resourceType":"Provenance","target":[{"reference":"http://localhost/fhir/REPORT"}],AGENT}""", "fhir-sign-off-claim Provenance.target[0]" },
        { """{"resourceType":"Provenance","target":[{"identifier":{"system":"urn:ecg-integration:study","value":"1"}}],AGENT}""", "fhir-sign-off-claim Provenance.target[0]" },
        { """{"resourceType":"Provenance","target":[{"reference":"Device/MODEL"}],AGENT}""", "fhir-sign-off-claim Provenance.target[0]" },
        { """{"resourceType":"Provenance","target":[{"reference":"Patient/1"}],AGENT,"entity":[{"role":"source","what":{"reference":"REPORT"}},{"role":"revision","what":{"reference":"REPORT/_history/1"}}]}""", "fhir-sign-off-claim Provenance.entity[1].what" },
        { """{"resourceType":"Provenance","target":[{"reference":"Patient/1"}],AGENT,"entity":[{"role":"source","what":{"reference":"Patient/1"},"agent":[{"who":{"reference":"Device/MODEL"}}]}]}""", "fhir-machine-claim Provenance.entity[0].agent[0].who" },
        { """{"resourceType":"Provenance","target":[{"reference":"Patient/1"}],"recorded":"2026-04-01T00:00:00Z","agent":[{"who":{"identifier":{"system":"urn:ecg-integration:model-sha256","value":"x"}}}]}""", "fhir-machine-claim Provenance.agent[0].who" },
        { """{"resourceType":"Task","status":"requested","intent":"proposal","code":{"coding":[{"system":"urn:ecg-integration:task","code":"physician-review"}]}}""", "fhir-machine-claim Task.code.coding[0]" },
        { """{"resourceType":"DiagnosticReport","status":"final",CODE,"result":[{"reference":"Observation/own"},{"reference":"FINDING"}]}""", "fhir-sign-off-claim DiagnosticReport.result[1]" },
        { """{"resourceType":"DiagnosticReport","status":"amended",CODE,"result":[{"reference":"FINDING/_history/1"}]}""", "fhir-sign-off-claim DiagnosticReport.result[0]" },
        { """{"resourceType":"DiagnosticReport","status":"preliminary",CODE,"result":[{"reference":"FINDING"}]}""", "fhir-sign-off-claim DiagnosticReport.result[0]" },
        { """{"resourceType":"DiagnosticReport","status":"final",CODE,"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/diagnosticReport-replaces","valueReference":{"reference":"REPORT"}}]}""", "fhir-sign-off-claim DiagnosticReport.extension[0].value" },
        { """{"resourceType":"DiagnosticReport","status":"final",CODE,"extension":[{"url":"http://hl7.org/fhir/5.0/StructureDefinition/extension-DiagnosticReport.relatesTo","extension":[{"url":"type","valueCode":"replaces"},{"url":"target","valueReference":{"reference":"REPORT"}}]}]}""", "fhir-sign-off-claim DiagnosticReport.extension[0].extension" },
        { """{"resourceType":"DiagnosticReport","status":"final",CODE,"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/artifact-successorOf","valueUri":"REPORT"}]}""", "fhir-sign-off-claim DiagnosticReport.extension[0].value" },
        { """{"resourceType":"DiagnosticReport","status":"final",CODE,"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/artifact-relatedArtifact","valueRelatedArtifact":{"type":"predecessor","resource":"http://localhost/fhir/REPORT|1"}}]}""", "fhir-sign-off-claim DiagnosticReport.extension[0].value.resource" },
        { """{"resourceType":"DiagnosticReport","status":"final",CODE,"extension":[{"url":"urn:ecg-integration:extension:ai-conclusion","valueString":"x"}]}""", "fhir-machine-claim DiagnosticReport.extension[0]" },
        { """{"resourceType":"DiagnosticReport","status":"final",CODE,"identifier":[{"system":"URN:ecg-integration:study","value":"x"}]}""", "fhir-machine-claim DiagnosticReport.identifier[0]" },
        { """{"resourceType":"DiagnosticReport","status":"final",CODE,"conclusionCode":[{"coding":[{"system":"urn:ecg-integration:label","code":"AFIB"}]}]}""", "fhir-machine-claim DiagnosticReport.conclusionCode[0].coding[0]" },
        { """{"resourceType":"DiagnosticReport","meta":{"tag":[{"system":"urn:ecg-integration:x","code":"y"}]},"status":"final",CODE}""", "fhir-machine-claim DiagnosticReport.meta.tag[0]" },
        { """{"resourceType":"DiagnosticReport","meta":{"security":[AIAST]},"status":"corrected",CODE}""", "fhir-machine-claim DiagnosticReport.meta.security" },
        { """{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"urn:ecg-integration:label","code":"AFIB"}]},"derivedFrom":[{"reference":"Observation/ecg"}]}""", "fhir-machine-claim Observation.code.coding[0]" },
        { """{"resourceType":"Observation","status":"final",CODE,"component":[{"code":{"coding":[{"system":"urn:ecg-integration:component","code":"probability"}]}}]}""", "fhir-machine-claim Observation.component[0].code.coding[0]" },
        { """{"resourceType":"Observation","status":"final",CODE,"hasMember":[{"reference":"FINDING"}]}""", "fhir-sign-off-claim Observation.hasMember[0]" },
        { """{"resourceType":"Observation","status":"final",CODE,"device":{"reference":"#m"},"contained":[{"resourceType":"Device","id":"m","identifier":[{"system":"urn:ecg-integration:model-sha256","value":"x"}]}]}""", "fhir-machine-claim Observation.contained[0].identifier[0]" },
        { """{"resourceType":"Task","status":"requested","intent":"order","focus":{"reference":"#r"},"contained":[{"resourceType":"DiagnosticReport","id":"r","status":"final",CODE,"result":[{"reference":"FINDING"}]}]}""", "fhir-sign-off-claim Task.contained[0].result[0]" },
        { """{"resourceType":"Task","status":"requested","intent":"order","focus":{"reference":"#o"},"contained":[{"resourceType":"Observation","id":"o","meta":{"security":[AIAST]},"status":"final",CODE}]}""", "fhir-dom-4 Task.contained[0].meta" },
    };

    public static TheoryData<string> Own { get; } =
    [
        """{"resourceType":"DiagnosticReport","status":"final",CODE,"result":[{"reference":"Observation/own"}],"conclusionCode":[{"coding":[{"system":"http://snomed.info/sct","code":"49436004"}]}]}""",
        """{"resourceType":"Observation","status":"final",CODE,"derivedFrom":[{"reference":"Observation/ecg"},{"reference":"FINDING/_history/1"}]}""",
        """{"resourceType":"Observation","meta":{"security":[AIAST]},"status":"preliminary",CODE,"device":{"reference":"Device/another-vendor"}}""",
        """{"resourceType":"Provenance","target":[{"reference":"DiagnosticReport/own"}],AGENT,"entity":[{"role":"source","what":{"reference":"REPORT"}},{"role":"derivation","what":{"reference":"FINDING"}}]}""",
        """{"resourceType":"Task","status":"requested","intent":"order","code":{"text":"電話連絡"},"focus":{"reference":"REPORT"},"reasonReference":{"identifier":{"system":"urn:ecg-integration:study","value":"1"}},"owner":{"reference":"Practitioner/1"}}""",
    ];

    [Theory]
    [MemberData(nameof(Imitations))]
    public async Task What_imitates_a_result_or_its_signature_is_refused_however_it_is_written(string template, string issue)
    {
        var (type, json) = Whole(template);
        using var created = await site.Http.PostAsync($"/fhir/{type}", json);
        Assert.Equal([issue], await created.IssuesAsync(422));

        var place = issue.Replace($" {type}.", " Bundle.entry[0].resource.", StringComparison.Ordinal);
        using var transaction = await site.Http.PostAsync("/fhir", $$$"""{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{{{json}}},"request":{"method":"POST","url":"{{{type}}}"}}]}""");
        Assert.Equal([place], await transaction.IssuesAsync(422));

        using var batch = await site.Http.PostAsync("/fhir", $$$"""{"resourceType":"Bundle","type":"batch","entry":[{"resource":{{{json}}},"request":{"method":"POST","url":"{{{type}}}"}}]}""");
        var answer = (await batch.JsonAsync()).GetProperty("entry")[0].GetProperty("response");
        Assert.Equal([place], Issues(answer.GetProperty("outcome")));

        // An update of what is the client's own.
        var id = NewId();
        using var own = await site.Http.PutAsync($"/fhir/{type}/{id}", WithId(Whole(Harmless(type)).Json, id));
        using var changed = await site.Http.PutAsync($"/fhir/{type}/{id}", WithId(json, id));
        Assert.Equal(HttpStatusCode.Created, own.StatusCode);
        Assert.Equal([issue], await changed.IssuesAsync(422));
    }

    [Theory]
    [MemberData(nameof(Own))]
    public async Task What_is_a_client_s_own_is_taken(string template)
    {
        var (type, json) = Whole(template);
        using var created = await site.Http.PostAsync($"/fhir/{type}", json);

        Assert.True(created.StatusCode == HttpStatusCode.Created, await created.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task References_that_a_transaction_resolves_are_held_to_what_they_come_to()
    {
        var id = Report["DiagnosticReport/".Length..];
        await site.StoreStudyAsync("Patient/claims", "2026-04-01", new StudyCompletion(
            StudyStatus.Classified, Urgency.Urgent, [], [], id,
            [new NewResource("DiagnosticReport", id, """{"resourceType": "DiagnosticReport", "status": "preliminary", "subject": {"reference": "Patient/claims"}}"""u8.ToArray())],
            new StudyExecution("cpu", "fp32", 1, new Dictionary<string, float>())));
        var (_, json) = Whole($$"""{"resourceType":"Provenance","target":[{"reference":"DiagnosticReport?_id={{id}}"}],AGENT}""");
        using var response = await site.Http.PostAsync("/fhir", $$$"""{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{{{json}}},"request":{"method":"POST","url":"Provenance"}}]}""");

        Assert.Equal(["fhir-sign-off-claim Bundle.entry[0].resource.target[0]"], await response.IssuesAsync(422));
    }

    private static string Harmless(string type) => type switch
    {
        "Provenance" => """{"resourceType":"Provenance","target":[{"reference":"Patient/1"}],AGENT}""",
        "Task" => """{"resourceType":"Task","status":"requested","intent":"order"}""",
        _ => $$"""{"resourceType":"{{type}}","status":"preliminary",CODE}""",
    };

    private static (string Type, string Json) Whole(string template)
    {
        var json = template.Replace("REPORT", Report, StringComparison.Ordinal).Replace("FINDING", Finding, StringComparison.Ordinal)
            .Replace("AGENT", Agent, StringComparison.Ordinal).Replace("CODE", Code, StringComparison.Ordinal)
            .Replace("MODEL", new string('a', 64), StringComparison.Ordinal)
            .Replace("AIAST", """{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"AI"}""", StringComparison.Ordinal)
            .Replace("\"AI\"", "\"AIAST\"", StringComparison.Ordinal);
        return (JsonDocument.Parse(json).RootElement.GetProperty("resourceType").GetString()!, json);
    }

    private static string WithId(string json, string id) => json.Insert(1, $"\"id\":\"{id}\",");
}
