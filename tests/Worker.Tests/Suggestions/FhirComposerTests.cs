// What Firely reads back may be null everywhere; where a test meets a null it fails, as it should.
#nullable disable warnings
using System.Text;
using System.Xml.Linq;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Suggestions;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Device = Hl7.Fhir.Model.Device;
using ModelInfo = EcgIntegration.Worker.Classification.ModelInfo;
using Task = Hl7.Fhir.Model.Task;

namespace EcgIntegration.Worker.Tests.Suggestions;

public sealed class FhirComposerTests
{
    private const string Canary = "カナリア太郎";
    private const string Notice = "AIによる解析補助・医師未確認";

    private static readonly string Sha = string.Concat(Enumerable.Repeat("0123456789abcdef", 4));
    private static readonly Suggestion Afib = new("AFIB", "心房細動", "atrial fibrillation", 0.9999999, 0.41, Urgency.Urgent, "164889003");
    private static readonly Suggestion Lvh = new("LVH", "左室肥大 <&\"'>", "left ventricular hypertrophy", 0.734567, 0.5, Urgency.Review, null);

    private static readonly Verdict Classified = new(
        StudyStatus.Classified, Urgency.Urgent, [Afib, Lvh], new Dictionary<string, float> { ["AFIB"] = 9 }, []);

    private static readonly Verdict Uncertain = new(
        StudyStatus.Uncertain, Urgency.Review, [], new Dictionary<string, float>(), [SuggestionReasons.Contradiction.At(null)]);

    private static readonly Verdict Unanalysable = new(
        StudyStatus.Unanalysable, Urgency.Review, [], new Dictionary<string, float>(),
        [new Reason("lead-flat", "V3", "Lead V3 is flat.", "V3誘導が平坦です。")]);

    public static TheoryData<string> Verdicts { get; } = ["classified", "uncertain", "unanalysable"];

    [Theory]
    [MemberData(nameof(Verdicts))]
    public void Everything_written_is_valid_fhir_marked_as_machine_made_and_never_final(string kind)
    {
        foreach (var stored in Compose(Request(kind)).Resources)
        {
            var resource = Parse(stored);

            Assert.Equal((stored.Type, stored.Id), (resource.TypeName, resource.Id));
            Assert.Matches("^[A-Za-z0-9.-]{1,64}$", stored.Id);
            var mark = Assert.Single(resource.Meta.Security);
            Assert.Equal(
                ("http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "AIAST"), (mark.System, mark.Code));
            Assert.NotEqual("Condition", stored.Type);
            Assert.DoesNotContain("\"final\"", Text(stored), StringComparison.Ordinal);
            Assert.Equal(stored.Type == "Device", stored.KeepExisting);
        }
    }

    [Theory]
    [InlineData("classified", 2)]
    [InlineData("uncertain", 0)]
    [InlineData("unanalysable", 0)]
    public void Every_verdict_has_one_report_one_task_one_provenance_and_the_findings_it_has(string kind, int findings)
    {
        var composed = Compose(Request(kind));

        var expected = Enumerable.Repeat("Observation", findings).Prepend("Device").Concat(["DiagnosticReport", "Task", "Provenance"]);
        Assert.Equal(expected, composed.Resources.Select(resource => resource.Type));
        Assert.Equal(composed.Resources.Count, composed.Resources.Select(resource => (resource.Type, resource.Id)).Distinct().Count());
        Assert.Equal(composed.ReportId, One<DiagnosticReport>(composed).Id);
    }

    [Fact]
    public void The_device_is_the_model_version_and_nothing_else()
    {
        var device = One<Device>(Compose(Request("classified")));

        Assert.Equal(Sha, device.Id);
        var identifier = Assert.Single(device.Identifier);
        Assert.Equal(("urn:ecg-integration:model-sha256", Sha), (identifier.System, identifier.Value));
        Assert.Equal(("test-encoder", "1.2.3"), (device.DeviceName[0].Name, device.Version[0].Value));
        Assert.Equal("Artificial-Intelligence", device.Type.Coding[0].Code);
        Assert.Equal("未承認・研究用", device.Safety[0].Text);

        // Whatever the study, the same bytes: it is written once.
        var other = Request("uncertain") with { StudyId = Guid.NewGuid(), Now = DateTimeOffset.UnixEpoch, Subject = null };
        Assert.Equal(Text(Stored(Compose(Request("classified")), "Device")), Text(Stored(Compose(other), "Device")));
    }

    [Fact]
    public void A_finding_is_a_preliminary_jp_core_observation_derived_from_the_ecg()
    {
        var finding = All<Observation>(Compose(Request("classified")))[0];

        Assert.Equal(ObservationStatus.Preliminary, finding.Status);
        Assert.Equal(["http://jpfhir.jp/fhir/core/StructureDefinition/JP_Observation_Common"], finding.Meta.Profile);
        // JP_Observation_Common: category 1..* with a slice "first" whose coding has this very system and a code.
        var category = Assert.Single(finding.Category).Coding[0];
        Assert.Equal(("http://jpfhir.jp/fhir/core/CodeSystem/JP_SimpleObservationCategory_CS", "procedure"), (category.System, category.Code));
        var code = Assert.Single(finding.Code.Coding);
        Assert.Equal(("urn:ecg-integration:label", "AFIB", "心房細動"), (code.System, code.Code, finding.Code.Text));
        Assert.Equal("Observation/ecg-1", Assert.Single(finding.DerivedFrom).Reference);
        Assert.Equal($"Device/{Sha}", finding.Device.Reference);
        Assert.Equal("Patient/p1", finding.Subject.Reference);
        Assert.Equal("Encounter/e1", finding.Encounter.Reference);
        Assert.Equal("2026-04-01T09:30:00+09:00", Assert.IsType<FhirDateTime>(finding.Effective).Value);
        Assert.Equal("A", finding.Interpretation[0].Coding[0].Code);
        Assert.Equal(Notice, finding.Note[0].Text);
        Assert.Equal(
            [("probability", 0.9999m), ("threshold", 0.41m)],
            finding.Component.Select(c => (c.Code.Coding[0].Code, ((Quantity)c.Value).Value!.Value)));
    }

    [Fact]
    public void Snomed_is_written_only_where_the_site_has_switched_it_on()
    {
        Assert.DoesNotContain(Compose(Request("classified")).Resources, resource => Text(resource).Contains("snomed", StringComparison.OrdinalIgnoreCase));

        var findings = All<Observation>(new FhirComposer(new() { Snomed = true }).Compose(Request("classified")));
        Assert.Equal(("http://snomed.info/sct", "164889003"), (findings[0].Code.Coding[1].System, findings[0].Code.Coding[1].Code));
        Assert.Single(findings[1].Code.Coding);
    }

    [Theory]
    [InlineData("NORM", Urgency.Routine, "N")]
    [InlineData("STEMI", Urgency.Critical, "AA")]
    [InlineData("LVH", Urgency.Review, "A")]
    [InlineData("SR", Urgency.Routine, null)]
    public void Interpretation_follows_urgency_and_only_normal_is_normal(string code, Urgency urgency, string? interpretation)
    {
        var verdict = Classified with { Suggestions = [Afib with { Code = code, Urgency = urgency }], Urgency = urgency };

        var finding = One<Observation>(Compose(Request("classified") with { Verdict = verdict }));
        Assert.Equal(interpretation, finding.Interpretation.FirstOrDefault()?.Coding[0].Code);
    }

    [Fact]
    public void The_report_is_a_preliminary_jp_core_ecg_report()
    {
        var composed = Compose(Request("classified"));
        var report = One<DiagnosticReport>(composed);

        Assert.Equal(["http://jpfhir.jp/fhir/core/StructureDefinition/JP_DiagnosticReport_Common"], report.Meta.Profile);
        Assert.Equal(DiagnosticReport.DiagnosticReportStatus.Preliminary, report.Status);
        var code = Assert.Single(report.Code.Coding);
        Assert.Equal(("http://jpfhir.jp/fhir/core/CodeSystem/JP_DocumentCodes_CS", "28010-7", "心電図報告書"), (code.System, code.Code, code.Display));
        Assert.Equal(("http://terminology.hl7.org/CodeSystem/v2-0074", "EC"), (report.Category[0].Coding[0].System, report.Category[0].Coding[0].Code));
        Assert.Equal("Patient/p1", report.Subject.Reference);
        Assert.Equal("2026-04-01T09:30:00+09:00", ((FhirDateTime)report.Effective).Value);
        Assert.Equal(Request("classified").Now, report.Issued);
        Assert.Equal(All<Observation>(composed).Select(finding => $"Observation/{finding.Id}"), report.Result.Select(r => r.Reference));
        Assert.Equal(
            $"【{Notice}】AIが示唆する所見: 心房細動（確率99%、閾値41%）、左室肥大 <&\"'>（確率73%、閾値50%）。緊急度: 緊急（早急に）。確定診断ではありません。医師が心電図波形を確認してください。",
            report.Conclusion);
        var supporting = Assert.Single(report.Extension);
        Assert.Equal("Observation/ecg-1", ((ResourceReference)supporting.Extension[1].Value).Reference);
    }

    [Theory]
    [InlineData("uncertain", "判定保留（AIでは判定できません）。正常心電図と異常所見が同時に示唆され、矛盾しています。医師が判読してください。")]
    [InlineData("unanalysable", "判定保留（解析不能）。V3誘導が平坦です。")]
    public void A_report_without_a_decision_says_so_and_why(string kind, string sentence)
    {
        var report = One<DiagnosticReport>(Compose(Request(kind)));

        Assert.Equal(DiagnosticReport.DiagnosticReportStatus.Preliminary, report.Status);
        Assert.StartsWith($"【{Notice}】{sentence}", report.Conclusion, StringComparison.Ordinal);
        Assert.Empty(report.Result);
        Assert.DoesNotContain("正常です", report.Conclusion, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Verdicts))]
    public void Narratives_are_escaped_japanese_xhtml_with_the_notice(string kind)
    {
        foreach (var resource in Compose(Request(kind)).Resources.Select(Parse).OfType<DomainResource>().Where(r => r.Text is not null))
        {
            var div = XElement.Parse(resource.Text.Div);

            Assert.Equal("{http://www.w3.org/1999/xhtml}div", div.Name.ToString());
            Assert.Equal(("ja", "ja"), (div.Attribute("lang")!.Value, div.Attribute(XNamespace.Xml + "lang")!.Value));
            Assert.Contains(Notice, div.Value, StringComparison.Ordinal);
            Assert.All(div.Descendants(), element => Assert.Contains(element.Name.LocalName, new[] { "h1", "p" }));
        }

        var report = XElement.Parse(One<DiagnosticReport>(Compose(Request("classified"))).Text.Div);
        Assert.Contains("左室肥大 <&\"'>（確率73%、閾値50%）", report.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Provenance_names_the_first_versions_the_model_and_the_version_of_the_ecg()
    {
        var composed = Compose(Request("classified"));
        var provenance = One<Provenance>(composed);

        var made = composed.Resources.Where(resource => resource.Type is not ("Device" or "Provenance"));
        Assert.Equal(made.Select(resource => $"{resource.Type}/{resource.Id}/_history/1"), provenance.Target.Select(target => target.Reference));
        var agent = Assert.Single(provenance.Agent);
        Assert.Equal(
            ("author", "Artificial-Intelligence", $"Device/{Sha}"), (agent.Type.Coding[0].Code, agent.Role[0].Coding[0].Code, agent.Who.Reference));
        var entity = Assert.Single(provenance.Entity);
        Assert.Equal((Provenance.ProvenanceEntityRole.Source, "Observation/ecg-1/_history/3"), (entity.Role, entity.What.Reference));
        Assert.Equal(Request("classified").Now, provenance.Recorded);
        Assert.Equal("AIAST", provenance.Reason[0].Coding[0].Code);
        Assert.Equal(
            ["CPUExecutionProvider", "fp32", "4"],
            Assert.Single(agent.Extension).Extension.Select(part => part.Value.ToString()));

        Assert.Empty(One<Provenance>(Compose(Request("unanalysable") with { Execution = null })).Agent[0].Extension);
    }

    [Fact]
    public void The_task_asks_a_physician_to_settle_the_report()
    {
        var composed = Compose(Request("classified"));
        var task = One<Task>(composed);

        Assert.Equal((Task.TaskStatus.Requested, Task.TaskIntent.Proposal), (task.Status, task.Intent));
        Assert.Equal($"DiagnosticReport/{composed.ReportId}", task.Focus.Reference);
        Assert.Equal("Patient/p1", task.For.Reference);
        Assert.Equal("physician-review", task.Code.Coding[0].Code);
        Assert.Equal("AIによる心電図解析結果の医師確認（緊急度: 緊急（早急に））", task.Description);
        Assert.Equal("Observation/ecg-1", ((ResourceReference)task.Input[0].Value).Reference);
        Assert.Equal($"Device/{Sha}", task.Requester.Reference);
    }

    [Theory]
    [InlineData(Urgency.Critical, EventPriority.Routine, RequestPriority.Stat)]
    [InlineData(Urgency.Urgent, EventPriority.Routine, RequestPriority.Asap)]
    [InlineData(Urgency.Review, EventPriority.Routine, RequestPriority.Urgent)]
    [InlineData(Urgency.Routine, EventPriority.Routine, RequestPriority.Routine)]
    [InlineData(Urgency.Critical, EventPriority.Stat, RequestPriority.Stat)]
    [InlineData(Urgency.Routine, EventPriority.Stat, RequestPriority.Asap)]
    public void Its_priority_follows_urgency_and_sender(Urgency urgency, EventPriority sent, RequestPriority priority)
    {
        var request = Request("uncertain");
        var task = One<Task>(Compose(request with { Verdict = request.Verdict with { Urgency = urgency }, Priority = sent }));
        Assert.Equal(priority, task.Priority);
    }

    [Fact]
    public void Ids_are_an_ecg_s_own_whatever_study_and_model()
    {
        string[] Ids(ComposeRequest request) =>
            [.. Compose(request).Resources.Where(r => r.Type is not ("Device" or "Provenance")).Select(r => r.Id)];
        var request = Request("classified");

        Assert.Equal(Ids(request), Ids(request with { Now = request.Now.AddHours(1), ObservationVersion = 9 }));
        Assert.Equal(Ids(request), Ids(request with { StudyId = Guid.NewGuid(), Model = request.Model with { Sha256 = new string('f', 64) } }));
        Assert.Empty(Ids(request).Intersect(Ids(request with { ObservationId = "ecg-2" })));
        Assert.NotEqual(One<Provenance>(Compose(request)).Id, One<Provenance>(Compose(request with { StudyId = Guid.NewGuid() })).Id);
    }

    [Theory]
    [MemberData(nameof(Verdicts))]
    public void No_display_name_is_taken_over(string kind)
    {
        var named = new ResourceReference("Patient/p1")
        {
            Display = Canary,
            Identifier = new Identifier("urn:mrn", "P-1") { Type = new CodeableConcept { Text = Canary }, Assigner = new() { Display = Canary } },
        };
        var composed = Compose(Request(kind) with { Subject = named, Encounter = new ResourceReference("Encounter/e1", Canary) });

        Assert.All(composed.Resources, resource => Assert.DoesNotContain(Canary, Text(resource), StringComparison.Ordinal));
        var subject = One<DiagnosticReport>(composed).Subject;
        Assert.Equal(("Patient/p1", "urn:mrn", "P-1"), (subject.Reference, subject.Identifier.System, subject.Identifier.Value));
    }

    [Fact]
    public void A_subject_that_means_nothing_outside_the_ecg_is_left_out()
    {
        Assert.Null(One<DiagnosticReport>(Compose(Request("classified") with { Subject = new ResourceReference("#patient") })).Subject);
        Assert.Null(One<Task>(Compose(Request("classified") with { Subject = null })).For);
    }

    public static TheoryData<string, string?> Times { get; } = new()
    {
        { """, "effectiveInstant": "2026-04-01T09:30:00.123+09:00" """, "2026-04-01T09:30:00.123+09:00" },
        { """, "effectiveDateTime": "2026-04" """, "2026-04" },
        { """, "effectivePeriod": {"start": "2026-04-01", "end": "2026-04-02"} """, "2026-04-01/2026-04-02" },
        { """, "effectiveTiming": {"event": ["2026-04-01"]} """, "2026-04-01" },
        { """, "effectiveDateTime": "yesterday" """, null },
        { "", null },
    };

    [Theory]
    [MemberData(nameof(Times))]
    public void The_time_of_the_ecg_is_taken_over_where_it_is_one(string element, string? expected)
    {
        var source = (Observation)FhirJsonDeserializer.OSTRICH.DeserializeResource($$"""{"resourceType": "Observation"{{element}}}""");

        var report = One<DiagnosticReport>(Compose(Request("classified") with { Effective = source.Effective }));
        Assert.Equal(expected, report.Effective switch
        {
            FhirDateTime time => time.Value,
            Period period => $"{period.Start}/{period.End}",
            _ => null,
        });
    }

    private static ComposeRequest Request(string kind) => new(
        new Guid("6f1c7f5e-26a2-4d6a-9f6b-0a8f4f1f0001"),
        new ModelInfo(Sha, "test-encoder", "1.2.3", "cpu", "CPUExecutionProvider"),
        new Execution("CPUExecutionProvider", "fp32", 4),
        "ecg-1",
        3,
        new ResourceReference("Patient/p1"),
        new FhirDateTime("2026-04-01T09:30:00+09:00"),
        new ResourceReference("Encounter/e1"),
        kind switch { "classified" => Classified, "uncertain" => Uncertain, _ => Unanalysable },
        new DateTimeOffset(2026, 4, 1, 9, 30, 5, TimeSpan.FromHours(9)),
        EventPriority.Routine);

    private static ComposedStudy Compose(ComposeRequest request) => new FhirComposer(new()).Compose(request);

    private static Resource Parse(NewResource stored) => FhirJsonDeserializer.STRICT.DeserializeResource(Text(stored));

    private static string Text(NewResource stored) => Encoding.UTF8.GetString(stored.Json.Span);

    private static NewResource Stored(ComposedStudy composed, string type) => composed.Resources.Single(resource => resource.Type == type);

    private static T[] All<T>(ComposedStudy composed) => [.. composed.Resources.Select(Parse).OfType<T>()];

    private static T One<T>(ComposedStudy composed) => Assert.Single(All<T>(composed));
}
