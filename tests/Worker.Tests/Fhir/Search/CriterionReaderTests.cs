using EcgIntegration.Persistence.Search;
using EcgIntegration.Worker.Fhir.Search;
using EcgIntegration.Worker.FhirModel;

namespace EcgIntegration.Worker.Tests.Fhir.Search;

public sealed class CriterionReaderTests
{
    private const string BaseUrl = "http://ecg.example/fhir";

    [Theory]
    [InlineData("final", null, "final")]
    [InlineData("http://x|final", "http://x", "final")]
    [InlineData("|final", "", "final")]
    [InlineData("http://x|", "http://x", null)]
    [InlineData(@"urn:x|a\|b\,c", "urn:x", "a|b,c")]
    public void A_token_has_four_forms(string text, string? system, string? code) =>
        Assert.Equal(new TokenValue(system, code), Assert.Single(Read("Observation", "code", text).AnyOf));

    [Theory]
    [InlineData("Observation", "status", "final,amended", SearchModifier.None, 2)]
    [InlineData("Observation", "status:not", "entered-in-error", SearchModifier.Not, 1)]
    [InlineData("Observation", "device:missing", "true", SearchModifier.Missing, 1)]
    [InlineData("Observation", "patient:identifier", "urn:mrn|0042", SearchModifier.Identifier, 1)]
    [InlineData("Patient", "name:exact", "山田", SearchModifier.Exact, 1)]
    [InlineData("Patient", "name:contains", "山,ヤマ", SearchModifier.Contains, 2)]
    [InlineData("Patient", "birthdate", "1950,gt1960-01", SearchModifier.None, 2)]
    [InlineData("Task", "_profile", "http://x/y|1.0", SearchModifier.None, 1)]
    public void Modifiers_and_lists_are_read(string type, string name, string value, SearchModifier modifier, int values)
    {
        var criterion = Read(type, name, value);

        Assert.Equal((modifier, values), (criterion.Modifier, criterion.AnyOf.Count));
        Assert.Null(criterion.Chained);
    }

    [Theory]
    [InlineData("patient", "1", "Patient/1")]
    [InlineData("patient", "Patient/1", "Patient/1")]
    [InlineData("patient", BaseUrl + "/Patient/1", "Patient/1")]
    [InlineData("patient", "https://ehr.example/fhir/Patient/1", "https://ehr.example/fhir/Patient/1")]
    [InlineData("patient", "urn:uuid:6f1f2a10-0f5e-4a55-9c0b-3b8d6f1f2a10", "urn:uuid:6f1f2a10-0f5e-4a55-9c0b-3b8d6f1f2a10")]
    [InlineData("subject:Patient", "1", "Patient/1")]
    [InlineData("derived-from", "x/_history/1", null)]
    [InlineData("derived-from", "Observation/x/_history/1", "Observation/x/_history/1")]
    [InlineData("based-on", "x", "x")]
    [InlineData("based-on:ServiceRequest", "x", "ServiceRequest/x")]
    [InlineData("based-on:ServiceRequest", "CarePlan/x", null)]
    [InlineData("patient", "Group/1", null)]
    [InlineData("patient", "urn:oid:1.2.3|0123", null)]
    [InlineData("patient", "http://x/Patient/a|1", null)]
    [InlineData("patient", "#contained", null)]
    [InlineData("patient", "", null)]
    [InlineData("patient", "1,", null)]
    [InlineData("subject", "Nonsense/1", null)]
    public void A_reference_is_read_in_every_form(string name, string text, string? reference)
    {
        var reading = new CriterionReader(new ServerBase([BaseUrl])).Read("Observation", name, text);
        if (reference is null)
        {
            Assert.Equal("fhir-reference-invalid", reading.Problem?.Reason.Code);
            return;
        }

        Assert.Equal(new ReferenceValue(reference), Assert.Single(reading.Criterion!.AnyOf));
    }

    [Theory]
    [InlineData("patient.name", "山田", "name", SearchModifier.None)]
    [InlineData("patient.name:exact", "山田", "name", SearchModifier.Exact)]
    [InlineData("patient.identifier", "urn:mrn|0042", "identifier", SearchModifier.None)]
    [InlineData("patient:Patient.birthdate", "le1950", "birthdate", SearchModifier.None)]
    [InlineData("subject:Patient.name:contains", "山", "name", SearchModifier.Contains)]
    [InlineData("subject.identifier", "0042", "identifier", SearchModifier.None)]
    [InlineData("subject.name:missing", "true", "name", SearchModifier.Missing)]
    public void A_chain_leads_to_the_patient(string name, string value, string chained, SearchModifier modifier)
    {
        var criterion = Read("Observation", name, value);

        Assert.Empty(criterion.AnyOf);
        Assert.Equal((chained, modifier), (criterion.Chained?.Parameter.Name, criterion.Chained?.Modifier));
        Assert.Same(SearchParameters.Find("Patient", chained), criterion.Chained!.Parameter);
    }

    [Theory]
    [InlineData("Observation", "status:exact")]
    [InlineData("Observation", "status:in")]
    [InlineData("Observation", "code:text")]
    [InlineData("Observation", "date:not")]
    [InlineData("Observation", "patient:not")]
    [InlineData("Observation", "patient:Group")]
    [InlineData("Observation", "subject:Nonsense")]
    [InlineData("Observation", "patient:")]
    [InlineData("Observation", "patient.")]
    [InlineData("Observation", "patient.nonsense")]
    [InlineData("Observation", "patient.general-practitioner.name")]
    [InlineData("Observation", "subject:Group.name")]
    [InlineData("Observation", "device.identifier")]
    [InlineData("Observation", "patinet")]
    [InlineData("Observation", "Status")]
    [InlineData("Observation", "_has:Provenance:target:agent")]
    [InlineData("Observation", "_content")]
    [InlineData("Task", "_profile:missing:not")]
    [InlineData("Task", "_profile:Patient")]
    [InlineData("Patient", "patient")]
    public void What_is_not_supported_is_told_from_what_is_wrong(string type, string name) =>
        Assert.Equal(default(CriterionReading), new CriterionReader(new ServerBase([BaseUrl])).Read(type, name, "x"));

    [Theory]
    [InlineData("status", "", "fhir-token-invalid")]
    [InlineData("status", "|", "fhir-token-invalid")]
    [InlineData("status", "a|b|c", "fhir-token-invalid")]
    [InlineData("status", @"a\b", "fhir-token-invalid")]
    [InlineData("status", "a,,b", "fhir-token-invalid")]
    [InlineData("_id", "urn:x|1", "fhir-token-invalid")]
    [InlineData("date", "yesterday", "fhir-date-invalid")]
    [InlineData("device:missing", "yes", "fhir-flag-invalid")]
    [InlineData("patient:identifier", "urn:mrn|a|b", "fhir-token-invalid")]
    [InlineData("patient.name", " ", "fhir-text-invalid")]
    [InlineData("patient.identifier", "", "fhir-token-invalid")]
    public void A_value_that_cannot_be_one_is_told_with_its_parameter_but_never_repeated(string name, string value, string code)
    {
        var problem = new CriterionReader(new ServerBase([BaseUrl])).Read("Observation", name, value).Problem;

        Assert.Equal((code, "http." + name), (problem?.Reason.Code, problem?.Expression));
        Assert.Contains(name, problem!.Reason.Ja, StringComparison.Ordinal);
        if (value.Length > 3)
        {
            Assert.DoesNotContain(value, problem.Reason.En, StringComparison.Ordinal);
        }
    }

    private static SearchCriterion Read(string type, string name, string value)
    {
        var reading = new CriterionReader(new ServerBase([BaseUrl])).Read(type, name, value);
        Assert.Null(reading.Problem);
        Assert.NotNull(reading.Criterion);
        return reading.Criterion;
    }
}
