using System.Text.Json.Nodes;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Suggestions;
using EcgIntegration.Worker.Tests.Support;
using Hl7.Fhir.Model;
using ModelInfo = EcgIntegration.Worker.Classification.ModelInfo;

namespace EcgIntegration.Worker.Tests.JpCore;

/// <summary>What is written validates against R4 and JP Core, and says so in <c>meta.profile</c>.</summary>
public sealed class JpCoreTests(JpCoreValidator validator) : IClassFixture<JpCoreValidator>
{
    private const string Profiles = "http://jpfhir.jp/fhir/core/StructureDefinition/";

    private static readonly Suggestion Afib = new("AFIB", "心房細動", "atrial fibrillation", 0.97, 0.41, Urgency.Urgent, "164889003");
    private static readonly Suggestion Normal = new("NORM", "正常心電図", "normal ECG", 0.9, 0.5, Urgency.Routine, null);

    public static TheoryData<string> Samples { get; } = [.. Repository.Samples.Select(path => Path.GetFileName(path)!)];

    public static TheoryData<StudyStatus> Results { get; } = [StudyStatus.Classified, StudyStatus.Uncertain, StudyStatus.Unanalysable];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Samples_are_ECGs_of_JP_Core(string name)
    {
        var json = File.ReadAllBytes(Repository.File("samples", name));

        Assert.Empty(validator.Validate(json));
        Assert.Equal([Profiles + "JP_Observation_Electrocardiogram"], ProfilesOf(json));
    }

    [Fact]
    public void An_ECG_written_from_a_recording_is_one_of_JP_Core()
    {
        var json = SyntheticEcg.Observation();

        Assert.Empty(validator.Validate(json));
        Assert.Equal([Profiles + "JP_Observation_Electrocardiogram"], ProfilesOf(json));
    }

    [Theory]
    [MemberData(nameof(Results))]
    public void Every_resource_of_a_result_is_valid(StudyStatus status)
    {
        foreach (var written in Compose(status, current: null).Resources)
        {
            Assert.Empty(validator.Validate(written.Json.Span));
            Assert.Equal(ExpectedProfiles(written.Type), ProfilesOf(written.Json));
        }
    }

    [Theory]
    [MemberData(nameof(Results))]
    public void So_is_every_resource_of_a_result_that_replaces_another_and_of_one_that_is_withdrawn(StudyStatus status)
    {
        var first = Current(Compose(StudyStatus.Classified, current: null));
        var second = Compose(status, first);
        var withdrawn = FhirComposer.Withdraw(new WithdrawRequest(first, "ecg-1", 3, TimeProvider.System.GetUtcNow()));

        Assert.All(second.Resources.Concat(withdrawn), written =>
        {
            Assert.Empty(validator.Validate(written.Json.Span));
            Assert.Equal(ExpectedProfiles(written.Type), ProfilesOf(written.Json));
        });
    }

    [Theory]
    [InlineData("category")]
    [InlineData("code")]
    [InlineData("status")]
    public void What_lacks_an_element_that_is_required_is_not_valid(string element)
    {
        var ecg = JsonNode.Parse(Repository.ReadSample(0))!.AsObject();
        ecg.Remove(element);

        Assert.ThrowsAny<Exception>(() => Assert.Empty(validator.Validate(System.Text.Encoding.UTF8.GetBytes(ecg.ToJsonString()))));
    }

    [Theory]
    [InlineData("category", """[{"coding": [{"system": "http://jpfhir.jp/fhir/core/CodeSystem/JP_SimpleObservationCategory_CS", "code": "exam"}]}]""")]
    [InlineData("category", """[{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "procedure"}]}]""")]
    [InlineData("code", """{"coding": [{"system": "http://loinc.org", "code": "8601-7", "display": "EKG impression"}]}""")]
    public void An_ECG_of_another_category_or_code_is_none_of_JP_Core(string element, string value)
    {
        var ecg = JsonNode.Parse(Repository.ReadSample(0))!.AsObject();
        ecg[element] = JsonNode.Parse(value);

        Assert.NotEmpty(validator.Validate(System.Text.Encoding.UTF8.GetBytes(ecg.ToJsonString())));
    }

    private static ComposedStudy Compose(StudyStatus status, CurrentResult? current)
    {
        var verdict = status == StudyStatus.Classified
            ? new Verdict(status, Urgency.Urgent, current is null ? [Afib, Normal] : [Normal], new Dictionary<string, float>(), [])
            : new Verdict(status, Urgency.Review, [], new Dictionary<string, float>(), [SuggestionReasons.Contradiction.At(null)]);
        return new FhirComposer(new()).Compose(new ComposeRequest(
            current is null ? new Guid("6f1c7f5e-26a2-4d6a-9f6b-0a8f4f1f0001") : new Guid("6f1c7f5e-26a2-4d6a-9f6b-0a8f4f1f0002"),
            new ModelInfo(string.Concat(Enumerable.Repeat("0123456789abcdef", 4)), "test-encoder", "1.2.3", "cpu", "CPUExecutionProvider"),
            new Execution("CPUExecutionProvider", "fp32", 4),
            "ecg-1",
            3,
            new ResourceReference("Patient/p1"),
            new FhirDateTime("2026-04-01T09:30:00+09:00"),
            new ResourceReference("Encounter/e1"),
            verdict,
            new DateTimeOffset(2026, 4, 1, 9, 30, 5, TimeSpan.FromHours(9)),
            EventPriority.Routine)
        {
            Current = current,
        });
    }

    private static CurrentResult Current(ComposedStudy study) => new(
        new Guid("6f1c7f5e-26a2-4d6a-9f6b-0a8f4f1f0001"),
        2,
        study.Lineage,
        [
            .. study.Resources.Where(written => !written.KeepExisting).Select(written => new StoredResource(
                written.Type, written.Id, 1, TimeProvider.System.GetUtcNow(), "Patient/p1", written.Json)),
        ]);

    private static string[] ExpectedProfiles(string type) => type switch
    {
        "Observation" => [Profiles + "JP_Observation_Common"],
        "DiagnosticReport" => [Profiles + "JP_DiagnosticReport_Common"],
        _ => [],
    };

    private static string[] ProfilesOf(ReadOnlyMemory<byte> json)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty("meta", out var meta) && meta.TryGetProperty("profile", out var profiles)
            ? [.. profiles.EnumerateArray().Select(profile => profile.GetString()!)]
            : [];
    }
}
