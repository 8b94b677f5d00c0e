using System.Text;
using EcgIntegration.Worker.Fhir;
using EcgIntegration.Worker.Fhir.Writing;
using EcgIntegration.Worker.Fhir.Writing.Validation;

namespace EcgIntegration.Worker.Tests.Fhir.Writing;

public sealed class ResourceValidatorTests
{
    private const string Code = """ "code":{"text":"x"} """;

    [Theory]
    [InlineData("""{"resourceType":"Observation","status":"final"}""", "fhir-element-missing Observation.code")]
    [InlineData("""{"resourceType":"Observation","status":"CANARY",CODE}""", "fhir-code-unknown Observation.status")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"CANARY":1}""", "fhir-element-unknown Observation")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"effectiveDateTime":"2026-13-01"}""", "fhir-value-invalid Observation.effective")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"component":[{"code":{"text":"c"}},{"valueString":"v"}]}""", "fhir-element-missing Observation.component[1].code")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"subject":{"reference":"Practitioner/1"}}""", "fhir-reference-target Observation.subject")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"subject":{"reference":"http://other/fhir/Medication/1"}}""", "fhir-reference-target Observation.subject")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"subject":{"type":"Medication","identifier":{"value":"1"}}}""", "fhir-reference-target Observation.subject")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"subject":{"reference":"#p"}}""", "fhir-contained-missing Observation.subject")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"contained":[{"resourceType":"Medication","id":"p"}],"subject":{"reference":"#p"}}""", "fhir-reference-target Observation.subject")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"performer":[{"reference":"Practitioner/1"},{"reference":"urn:uuid:7b0c6b1e-0f5e-4a55-9c0b-3b8d6f1f2a10"}]}""", "fhir-reference-temporary Observation.performer[1]")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"subject":{"reference":"Patient?identifier=urn:q|1"}}""", "fhir-reference-temporary Observation.subject")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"subject":{"reference":"CANARY 7"}}""", "fhir-reference-malformed Observation.subject")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"extension":[{"url":"http://x","valueReference":{"reference":"Foo/1"}}]}""", "fhir-reference-malformed Observation.extension[0].value")]
    [InlineData("""{"resourceType":"Observation","meta":{"tag":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}]},"status":"final",CODE}""", "fhir-resource-subsetted Observation.meta.tag")]
    [InlineData("""{"resourceType":"Observation","status":"final","code":{"coding":[{"code":"a"},{"system":"CANARY 7","code":"b"}]}}""", "fhir-value-invalid Observation.code.coding[1].system")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"meta":{"profile":["http://a","http://b/\u3000c"]}}""", "fhir-value-invalid Observation.meta.profile[1]")]
    [InlineData("""{"resourceType":"Observation","_status":{"id":"a"},CODE}""", "fhir-element-empty Observation.status")]
    [InlineData("""{"resourceType":"Observation","status":"final","code":{"id":"a"}}""", "fhir-element-empty Observation.code")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"component":[{"code":{"text":"c"}},{"code":{"coding":[{"id":"a"}]}}]}""", "fhir-element-empty Observation.component[1].code.coding[0]")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"component":[]}""", "fhir-array-empty Observation.component")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"category":[{"coding":[{"code":"a"}]},null]}""", "fhir-null-misplaced Observation.category")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"method":"CANARY"}""", "fhir-type-unfit Observation.method")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"valueHumanName":{"text":"CANARY"}}""", "fhir-type-unfit Observation.value")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"contained":[{"resourceType":"CANARY","id":"c"}],"subject":{"reference":"#c"}}""", "fhir-resource-type-unknown Observation.contained[0]")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"effectivePeriod":{"start":"2026-04-02","end":"2026-04-01T23:00:00+09:00"}}""", "fhir-per-1 Observation.effective.end")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"valueQuantity":{"value":1,"code":"mV"}}""", "fhir-qty-3 Observation.value.system")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"valueRange":{"low":{"value":2},"high":{"value":1}}}""", "fhir-rng-2 Observation.value.high")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"extension":[{"url":"http://x"}]}""", "fhir-ext-1 Observation.extension[0]")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"referenceRange":[{"appliesTo":[{"text":"a"}]}]}""", "fhir-obs-3 Observation.referenceRange[0]")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"valueString":"v","dataAbsentReason":{"text":"a"}}""", "fhir-obs-6 Observation.dataAbsentReason")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"component":[{"code":{"text":"c"},"valueString":"v","dataAbsentReason":{"text":"a"}}]}""", "fhir-obs-6 Observation.component[0].dataAbsentReason")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"valueString":"v","component":[{"code":{"text":"x"},"valueString":"w"}]}""", "fhir-obs-7 Observation.value")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"contained":[{"resourceType":"Patient","id":"p","meta":{"versionId":"1"}}],"subject":{"reference":"#p"}}""", "fhir-dom-4 Observation.contained[0].meta")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"contained":[{"resourceType":"Patient","id":"p","contact":[{"gender":"male"}]}],"subject":{"reference":"#p"}}""", "fhir-pat-1 Observation.contained[0].contact[0]")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"contained":[{"resourceType":"Patient","id":"p","telecom":[{"value":"CANARY"}]}],"subject":{"reference":"#p"}}""", "fhir-cpt-2 Observation.contained[0].telecom[0].system")]
    [InlineData("""{"resourceType":"Observation","status":"final",CODE,"contained":[{"resourceType":"Patient","id":"p","photo":[{"data":"AAAA"}]}],"subject":{"reference":"#p"}}""", "fhir-att-1 Observation.contained[0].photo[0].contentType")]
    [InlineData("""{"resourceType":"Patient"}""", "fhir-type-mismatch Observation.resourceType")]
    public void What_is_not_valid_is_told_with_its_place_and_without_its_value(string json, string problem)
    {
        var refused = Assert.Throws<WriteRefusedException>(() => Read(json));

        Assert.Equal(problem, Describe(Assert.Single(refused.Problems)));
        Assert.DoesNotContain("CANARY", string.Concat(refused.Problems.Select(one => one.Reason.En + one.Reason.Ja + one.Expression)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""" "effectivePeriod":{"start":"2026-04-01T08:00:00+09:00","end":"2026-04"} """)]
    [InlineData(""" "effectivePeriod":{"start":"2026-04-01"} """)]
    [InlineData(""" "valueRange":{"low":{"value":2,"unit":"mV"},"high":{"value":1,"unit":"V"}} """)]
    [InlineData(""" "extension":[{"url":"http://x","extension":[{"url":"y","valueString":"z"}]}] """)]
    [InlineData(""" "valueString":"v","component":[{"code":{"text":"y"},"valueString":"w"}] """)]
    [InlineData(""" "component":[{"code":{"text":"x"},"valueString":"w"}] """)]
    [InlineData(""" "contained":[{"resourceType":"Patient","id":"p","telecom":[{"_system":{"extension":[{"url":"http://x","valueString":"z"}]},"value":"1"}]}],"subject":{"reference":"#p"} """)]
    public void What_keeps_the_rules_between_elements_is_taken(string elements) =>
        Assert.NotNull(Read($$"""{"resourceType":"Observation","status":"final",CODE,{{elements}}}"""));

    [Fact]
    public void Nothing_but_a_resource_can_be_empty() => Assert.All(
        Assert.Throws<WriteRefusedException>(() => Read("""{"resourceType":"Observation","status":"final",CODE,"valueQuantity":{}}""")).Problems,
        problem => Assert.Equal("fhir-element-empty Observation.value", Describe(problem)));

    [Fact]
    public void What_an_extension_stands_for_is_no_empty_element() => Assert.NotNull(Read(
        """{"resourceType":"Observation","status":"final",CODE,"_effectiveDateTime":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}}"""));

    [Fact]
    public void Every_problem_is_told_up_to_a_number()
    {
        var many = string.Join(',', Enumerable.Range(0, 50).Select(_ => """{"valueString":"v"}"""));
        var refused = Assert.Throws<WriteRefusedException>(() => Read(
            $$"""{"resourceType":"Observation","status":"nope","component":[{{many}}]}"""));

        Assert.Equal(ResourceValidator.MostProblems, refused.Problems.Count);
    }

    [Theory]
    [InlineData("Patient/1")]
    [InlineData("Patient/1/_history/2")]
    [InlineData("Group/g")]
    [InlineData("https://other.example/fhir/Patient/1")]
    [InlineData("https://other.example/patients?id=7")]
    [InlineData("urn:oid:1.2.3")]
    public void References_of_every_form_are_taken(string reference) =>
        Assert.NotNull(Read($$$"""{"resourceType":"Observation","status":"final",CODE,"subject":{"reference":"{{{reference}}}"}}"""));

    [Fact]
    public void Within_a_transaction_entries_and_searches_are_held_to_the_types_allowed()
    {
        const string patient = "urn:uuid:7b0c6b1e-0f5e-4a55-9c0b-3b8d6f1f2a10";
        var scope = new ReferenceScope(new Dictionary<string, string> { [patient] = "Patient", ["urn:uuid:1"] = "Device" }, Searches: true);
        var json = $$$"""{"resourceType":"Observation","status":"final",CODE,"subject":{"reference":"{{{patient}}}"},"device":{"reference":"{{{patient}}}"},"focus":[{"reference":"Patient?identifier=1"}],"encounter":{"reference":"Patient?identifier=1"}}""";

        var refused = Assert.Throws<WriteRefusedException>(() => Read(json, scope));

        Assert.Equal(
            ["fhir-reference-target Bundle.entry[2].resource.device", "fhir-reference-target Bundle.entry[2].resource.encounter"],
            refused.Problems.Select(Describe).Order());
    }

    private static Hl7.Fhir.Model.Resource Read(string json, ReferenceScope? scope = null) => ResourceValidator.Read(
        Encoding.UTF8.GetBytes(json.Replace("CODE", Code, StringComparison.Ordinal)),
        "Observation",
        new ElementPlace(scope is null ? null : "Bundle.entry[2].resource"),
        scope ?? ReferenceScope.Alone);

    private static string Describe(FhirProblem problem) => $"{problem.Reason.Code} {problem.Expression}";
}
