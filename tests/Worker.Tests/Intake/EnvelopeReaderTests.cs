using System.Text;
using EcgIntegration.Contracts;
using EcgIntegration.Worker.FhirModel;
using EcgIntegration.Worker.Intake;

namespace EcgIntegration.Worker.Tests.Intake;

public sealed class EnvelopeReaderTests
{
    private const string Rest = """
        "status":"final","code":{"coding":[{"system":"http://loinc.org","code":"11524-6","display":"EKG Study"}]}
        """;

    [Fact]
    public void Patient_time_and_identifiers_are_read_without_the_name()
    {
        var envelope = Envelope($$"""
            {"resourceType":"Observation","id":"ecg-1",{{Rest}},
             "identifier":[{"system":"urn:b","value":"2"},{"system":"urn:a","value":"1"}],
             "subject":{"reference":"Patient/p1","display":"見本 太郎","identifier":{"system":"urn:p","value":"77"} },
             "encounter":{"reference":"Encounter/e1"},"effectiveDateTime":"2026-04-01T09:30:00+09:00"}
            """);

        Assert.Equal("ecg-1", envelope.Id);
        Assert.Equal([("urn:a", "1"), ("urn:b", "2")], envelope.Identifiers);
        Assert.Equal("Patient/p1", envelope.Subject.Reference);
        Assert.Equal("77", envelope.Subject.Identifier!.Value);
        Assert.Null(envelope.Subject.Display);
        Assert.Equal("Encounter/e1", envelope.Encounter!.Reference);
        Assert.Equal("2026-04-01T09:30:00+09:00", envelope.Effective!.ToString());
    }

    [Theory]
    [InlineData("""{"resourceType":"Observation",REST,"note":[{"text":"\ud800"}]}""", "text-not-unicode")]
    [InlineData("""{"resourceType":"Observation",REST,"contained":[{"resourceType":{"value":0},"id":"p"}]}""", "fhir-invalid")]
    [InlineData("""{"resourceType":"Patient",REST}""", "fhir-invalid")]
    [InlineData("""{"resourceType":"Observation",REST""", "fhir-invalid")]
    [InlineData("""{"resourceType":"LONG",REST}""", "observation-too-complex")]
    [InlineData("""{"resourceType":"Observation",REST,"LONG":1}""", "observation-too-complex")]
    [InlineData("""{"resourceType":"Observation",REST,"contained":[{"resourceType":"LONG"}]}""", "observation-too-complex")]
    public void What_the_parser_would_stumble_over_is_refused_before(string observation, string code)
    {
        observation = observation.Replace("REST", Rest, StringComparison.Ordinal).Replace("LONG", new string('x', ResourceScan.LongestName + 1), StringComparison.Ordinal);

        Assert.False(EnvelopeReader.TryRead(Encoding.UTF8.GetBytes(observation), out _, out var reasons));

        Assert.Equal(code, Assert.Single(reasons).Code);
    }

    [Fact]
    public void An_Observation_of_a_million_unknown_elements_costs_no_more_than_reading_it()
    {
        var elements = string.Join(',', Enumerable.Range(0, 1_000_000).Select(i => $"\"a{i}\":1"));
        var body = Encoding.UTF8.GetBytes($$"""{"resourceType":"Observation",{{Rest}},{{elements}}}""");
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.False(EnvelopeReader.TryRead(body, out _, out var reasons));

        Assert.Equal("observation-too-complex", Assert.Single(reasons).Code);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_contained_patient_counts_by_its_identifier()
    {
        var envelope = Envelope($$"""
            {"resourceType":"Observation",{{Rest}},"subject":{"reference":"#p"},
             "contained":[{"resourceType":"Patient","id":"p","identifier":[{"system":"urn:p","value":"77"}],"name":[{"text":"見本 太郎"}]}]}
            """);

        Assert.Null(envelope.Subject.Reference);
        Assert.Equal(("urn:p", "77"), (envelope.Subject.Identifier!.System, envelope.Subject.Identifier.Value));
    }

    [Theory]
    [InlineData(""","subject":{"display":"x"}""", "subject-missing")]
    [InlineData("", "subject-missing")]
    [InlineData(""","subject":{"reference":"#gone"}""", "subject-missing")]
    [InlineData(""","subject":{"reference":"#p"},"contained":[{"resourceType":"Device","id":"p","identifier":[{"value":"1"}]}]""", "subject-not-patient")]
    [InlineData(""","subject":{"reference":"#p"},"contained":[{"resourceType":"Patient","id":"p"},{"resourceType":"Device","id":"p"}]""", "subject-ambiguous")]
    [InlineData(""","subject":{"reference":"#p","identifier":{"system":"urn:p","value":"1"}},"contained":[{"resourceType":"Patient","id":"p","identifier":[{"system":"urn:p","value":"2"}]}]""", "subject-ambiguous")]
    [InlineData(""","subject":{"reference":"Patient/"}""", "subject-invalid")]
    [InlineData(""","subject":{"reference":"Patient/a b"}""", "subject-invalid")]
    [InlineData(""","subject":{"reference":"Patient/1?x=2"}""", "subject-invalid")]
    [InlineData(""","subject":{"reference":"Patient/.."}""", "subject-invalid")]
    [InlineData(""","subject":{"reference":"Patient/1"},"implicitRules":"urn:other" """, "implicit-rules")]
    [InlineData(""","subject":{"reference":"Patient/1"},"component":[{"code":{"text":"x"},"valueString":"1","dataAbsentReason":{"text":"x"}}]""", "data-absent")]
    [InlineData(""","subject":{"reference":"Patient/1"},"contained":"x" """, "fhir-invalid")]
    [InlineData(""","subject":{"reference":"Patient/1"},"contained":[5]""", "fhir-invalid")]
    [InlineData(""","subject":{"reference":"Group/1"}""", "subject-not-patient")]
    [InlineData(""","subject":{"reference":"https://ehr.example/fhir/Device/1"}""", "subject-not-patient")]
    [InlineData(""","subject":{"identifier":{"value":"1"},"type":"Location"}""", "subject-not-patient")]
    [InlineData(""","subject":{"reference":"Patient/1"},"valuequantity":{}""", "fhir-invalid")]
    [InlineData(""","subject":{"reference":"Patient/1"},"effectiveDateTime":"yesterday"}""", "fhir-invalid")]
    public void What_could_end_on_the_wrong_patient_is_refused(string members, string code) =>
        Assert.Contains(code, Reasons($$"""{"resourceType":"Observation",{{Rest}}{{members}} }""").Select(reason => reason.Code));

    [Fact]
    public void A_contained_patient_that_the_subject_s_identifier_names_is_one_patient()
    {
        var envelope = Envelope($$"""
            {"resourceType":"Observation",{{Rest}},"subject":{"reference":"#p","identifier":{"system":"urn:q","value":"8"} },
             "contained":[{"resourceType":"Patient","id":"p","identifier":[{"system":"urn:p","value":"77"},{"system":"urn:q","value":"8"}]}]}
            """);

        Assert.Equal(("urn:q", "8"), (envelope.Subject.Identifier!.System, envelope.Subject.Identifier.Value));
    }

    [Fact]
    public void Samples_may_be_longer_than_any_other_text()
    {
        var samples = string.Join(' ', Enumerable.Repeat("12", 400_000));
        Envelope($$"""
            {"resourceType":"Observation",{{Rest}},"subject":{"reference":"Patient/1"},
             "component":[{"code":{"text":"I"},"valueSampledData":{"origin":{"value":0},"period":2,"dimensions":1,"data":"{{samples}}"} }]}
            """);

        Assert.Equal("fhir-invalid", Assert.Single(Reasons($$"""
            {"resourceType":"Observation",{{Rest}},"subject":{"reference":"Patient/1"},"valueString":"{{samples}}"}
            """)).Code);
    }

    [Fact]
    public void No_text_in_one_field_can_pass_for_two()
    {
        string Key(string identifier, string rest = "") => EcgIdentity.Of(Envelope($$"""
            {"resourceType":"Observation",{{Rest}},"identifier":[{{identifier}}],"subject":{"reference":"Patient/1"}{{rest}} }
            """));

        Assert.NotEqual(Key("""{"system":"urn:a\u001furn:b","value":"1"}"""), Key("""{"system":"urn:a","value":"urn:b\u001f1"}"""));
        Assert.NotEqual(Key("""{"system":"urn:a|b","value":"1"}"""), Key("""{"system":"urn:a","value":"b|1"}"""));
    }

    [Theory]
    [InlineData(""","subject":{"reference":"Patient/1","CANARY":1}""", "Observation.subject")]
    [InlineData(""","subject":{"reference":"Patient/1"},"CANARY":{"reference":1}""", "Observation")]
    [InlineData(""","subject":{"reference":"Patient/1"},"valueCANARY":{}""", "Observation.value")]
    [InlineData(""","subject":{"reference":"Patient/1"},"component":[{"CANARY":1,"code":{"text":"x"}}]""", "Observation.component[0]")]
    [InlineData(""","subject":{"reference":"Patient/1"},"contained":[{"resourceType":"Patient","id":"p","CANARY":"x"}]""", "Observation.contained[0]")]
    [InlineData(""","subject":{"reference":"Patient/1"},"effectiveDateTime":"CANARY" """, "Observation.effective")]
    public void A_place_ends_before_the_first_name_that_fhir_does_not_know(string members, string where)
    {
        var reasons = Reasons($$"""{"resourceType":"Observation",{{Rest}}{{members}} }""");

        Assert.Contains(where, reasons.Select(reason => reason.Where));
        Assert.All(reasons, reason => Assert.DoesNotContain("CANARY", reason.Where + reason.En + reason.Ja, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("CANARY", null)]
    [InlineData("CANARY.status", null)]
    [InlineData("Observation", "Observation")]
    [InlineData("Observation.component[12].code.coding[0].system", "Observation.component[12].code.coding[0].system")]
    [InlineData("Observation.component[12].value.origin.unit", "Observation.component[12].value.origin.unit")]
    [InlineData("Observation.component[12].value.CANARY", "Observation.component[12].value")]
    [InlineData("Observation.component[CANARY].code", "Observation")]
    [InlineData("Observation.component[1234567].code", "Observation")]
    [InlineData("Observation.component[0", "Observation")]
    [InlineData("Observation.status.CANARY", "Observation.status")]
    [InlineData("Observation.subject.identifier.CANARY.value", "Observation.subject.identifier")]
    public void Of_a_path_only_what_fhir_defines_is_told(string? path, string? known) => Assert.Equal(known, ElementPath.Known(path));

    [Theory]
    [InlineData("entered-in-error")]
    [InlineData("cancelled")]
    public void A_withdrawn_observation_says_so(string status) =>
        Assert.Equal(status, Envelope($$"""
            {"resourceType":"Observation","status":"{{status}}","code":{"text":"ECG"},"subject":{"reference":"Patient/1"} }
            """).WithdrawnStatus);

    [Theory]
    [InlineData("preliminary")]
    [InlineData("final")]
    [InlineData("corrected")]
    public void One_that_holds_does_not(string status) =>
        Assert.Null(Envelope($$"""
            {"resourceType":"Observation","status":"{{status}}","code":{"text":"ECG"},"subject":{"reference":"Patient/1"} }
            """).WithdrawnStatus);

    [Fact]
    public void The_same_identity_means_the_same_ecg_and_any_difference_another()
    {
        const string template = """{"resourceType":"Observation","id":"ID","status":"final","code":{"text":"ECG"},"subject":{"reference":"PATIENT"},"effectiveDateTime":"TIME"}""";
        string Key(string id, string patient, string at) => EcgIdentity.Of(Envelope(
            template.Replace("ID", id, StringComparison.Ordinal).Replace("PATIENT", patient, StringComparison.Ordinal).Replace("TIME", at, StringComparison.Ordinal)));

        string[] keys = [Key("a", "Patient/1", "2026"), Key("b", "Patient/1", "2026"), Key("a", "Patient/2", "2026"), Key("a", "Patient/1", "2025")];

        Assert.Equal(keys[0], Key("a", "Patient/1", "2026"));
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    private static EcgEnvelope Envelope(string json)
    {
        Assert.True(EnvelopeReader.TryRead(Encoding.UTF8.GetBytes(json), out var envelope, out var reasons), string.Join(' ', reasons.Select(r => r.En)));
        return envelope;
    }

    private static IReadOnlyList<Reason> Reasons(string json)
    {
        Assert.False(EnvelopeReader.TryRead(Encoding.UTF8.GetBytes(json), out _, out var reasons));
        return reasons;
    }
}
