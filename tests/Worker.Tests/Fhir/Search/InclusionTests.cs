using System.Text;
using EcgIntegration.Persistence.Search;
using EcgIntegration.Worker.Fhir.Search;

namespace EcgIntegration.Worker.Tests.Fhir.Search;

public sealed class InclusionTests
{
    [Theory]
    [InlineData("DiagnosticReport", "_include", "DiagnosticReport:result", "DiagnosticReport:result")]
    [InlineData("Observation", "_include", "Observation:subject:Patient", "Observation:subject")]
    [InlineData("Observation", "_include", "*:patient", "Observation:patient")]
    [InlineData("Task", "_include", "Task:*", "Task:based-on,Task:encounter,Task:focus,Task:owner,Task:patient,Task:subject")]
    [InlineData("Observation", "_include", "*", "Observation:based-on,Observation:derived-from,Observation:device,Observation:encounter,Observation:patient,Observation:subject")]
    [InlineData("DiagnosticReport", "_include:iterate", "Observation:derived-from", "Observation:derived-from")]
    [InlineData("Observation", "_revinclude", "Provenance:target", "Provenance:target")]
    [InlineData("Observation", "_revinclude", "Observation:derived-from", "Observation:derived-from")]
    [InlineData("Observation", "_revinclude", "DiagnosticReport:result:Observation", "DiagnosticReport:result")]
    [InlineData("DiagnosticReport", "_revinclude", "Task:focus", "Task:focus")]
    [InlineData("Patient", "_revinclude", "*:patient", "DiagnosticReport:patient,Observation:patient,Provenance:patient,Task:patient")]
    [InlineData("Task", "_include", "Observation:derived-from", "")]
    [InlineData("Task", "_include", "Task:status", "")]
    [InlineData("Task", "_include", "Task", "")]
    [InlineData("Task", "_include", "", "")]
    [InlineData("Task", "_include", "Task:focus:Observation:x", "")]
    [InlineData("Task", "_include", "Task:focus:Bogus", "")]
    [InlineData("Task", "_revinclude", "Task:focus:Bogus", "")]
    [InlineData("Task", "_include", "Task:focus:DiagnosticReport", "Task:focus")]
    [InlineData("Task", "_include", "Task:_profile", "")]
    [InlineData("Task", "_revinclude", "*", "")]
    [InlineData("Task", "_revinclude", "DiagnosticReport:result", "")]
    public void Sources_and_parameters_are_named_or_any(string type, string name, string value, string expected)
    {
        var read = Inclusion.Read(type, name, value).Select(inclusion => $"{inclusion.Source}:{inclusion.Parameter.Name}").Order(StringComparer.Ordinal);
        Assert.Equal(expected, string.Join(',', read));
    }

    [Fact]
    public void References_are_found_at_every_place_of_a_parameter()
    {
        var json = Encoding.UTF8.GetBytes(
            """
            {"resourceType": "Provenance", "target": [{"reference": "Observation/1/_history/2"}, {"display": "x"}, {"reference": "Patient/1"}],
             "agent": [{"type": {"reference": "no"}, "who": {"reference": "Device/1"}}, {"who": {"identifier": {"value": "reference"}}}, {"who": {"reference": "Device/2"}}],
             "contained": [{"agent": {"who": {"reference": "no"}}}], "reference": "no"}
            """);

        Assert.Equal(["Observation/1/_history/2", "Patient/1"], Find("target"));
        Assert.Equal(["Device/1", "Device/2"], Find("agent"));
        Assert.Empty(Find("entity"));

        IReadOnlyList<string> Find(string name) => JsonReferences.Find(json, SearchParameters.Find("Provenance", name)!);
    }
}
