using System.Net;
using EcgIntegration.Worker.Tests.Support;
using static EcgIntegration.Worker.Tests.Support.SeededSite;

namespace EcgIntegration.Worker.Tests.Fhir;

/// <summary><c>_include</c> and <c>_revinclude</c>.</summary>
public sealed class FhirIncludeTests(SeededSite site) : IClassFixture<SeededSite>
{
    [Theory]
    [InlineData("DiagnosticReport?_id=r1&_include=DiagnosticReport:result", "f1")]
    [InlineData("DiagnosticReport?_id=r1&_include=DiagnosticReport:result&_include:iterate=Observation:derived-from", "ecg1 f1")]
    [InlineData("DiagnosticReport?_id=r1&_include=DiagnosticReport:*", "f1 p1")]
    [InlineData("DiagnosticReport?_id=r1&_include=*:patient", "p1")]
    [InlineData("Observation?_id=f1&_include=Observation:derived-from", "ecg1")]
    [InlineData("Observation?_id=f1,ecg1&_include=Observation:derived-from", "")]
    [InlineData("Observation?_id=f1&_include=Observation:device&_include=Observation:patient:Patient", "model p1")]
    [InlineData("Observation?_id=ecg1,f1&_include=Observation:patient&_include=Observation:subject", "p1")]
    [InlineData("Task?_id=t1&_include=Task:focus", "r1")]
    [InlineData("Task?_id=t1&_include=Task:focus:Observation", "")]
    [InlineData("Task?_id=t1&_include=Task:owner", "")]
    [InlineData("Task?_id=t1&_include=Task:focus&_include:iterate=DiagnosticReport:result&_include:iterate=Observation:derived-from&_include=Task:patient", "ecg1 f1 p1 r1")]
    [InlineData("Provenance?_id=v1&_include=Provenance:target", "f1 r1")]
    [InlineData("Provenance?_id=v1&_include=Provenance:target:Observation", "f1")]
    [InlineData("DiagnosticReport?_id=r1&_revinclude=Provenance:target", "v1")]
    [InlineData("DiagnosticReport?_id=r1&_revinclude=Provenance:target&_revinclude=Task:focus", "t1 v1")]
    [InlineData("Observation?_id=f1&_revinclude=DiagnosticReport:result", "r1")]
    [InlineData("Observation?_id=ecg1&_revinclude=Observation:derived-from", "f1")]
    [InlineData("Observation?_id=ecg1&_revinclude=Observation:derived-from&_revinclude:iterate=DiagnosticReport:result&_revinclude:iterate=Task:focus", "f1 r1 t1")]
    [InlineData("Patient?_id=p1&_revinclude=Task:patient", "t1")]
    [InlineData("Patient?_id=p2&_revinclude=*:patient", "ecg2")]
    [InlineData("Device?_id=model&_revinclude=Provenance:agent", "v1")]
    public async Task What_is_referred_to_and_what_refers_comes_once_beside_the_matches(string search, string included)
    {
        var bundle = await site.GetAsync("/fhir/" + search, prefer: "handling=strict");

        Assert.Equal(included, string.Join(' ', Ids(bundle, "include").Order(StringComparer.Ordinal)));
        Assert.All(Ids(bundle), id => Assert.Contains(id, search, StringComparison.Ordinal));
        Assert.Contains("include", Link(bundle, "self"), StringComparison.Ordinal);
        Assert.All(Entries(bundle), entry => Assert.EndsWith(
            $"/fhir/{entry.GetProperty("resource").GetProperty("resourceType").GetString()}/{entry.GetProperty("resource").GetProperty("id").GetString()}",
            entry.GetProperty("fullUrl").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_include_of_a_type_that_R4_does_not_know_is_not_taken_silently()
    {
        var lenient = await site.GetAsync("/fhir/Task?_id=t1&_include=Task:focus:Bogus");
        Assert.Contains("fhir-parameter-ignored", Assert.Single(Entries(lenient), entry => entry.GetProperty("search").GetProperty("mode").GetString() == "outcome").GetRawText(), StringComparison.Ordinal);
        Assert.Equal(["t1"], Ids(lenient));
        Assert.DoesNotContain("_include", Link(lenient, "self"), StringComparison.Ordinal);
        await site.GetAsync("/fhir/Task?_id=t1&_include=Task:focus:Bogus", HttpStatusCode.BadRequest, "handling=strict");
    }

    [Fact]
    public async Task What_is_included_is_shown_as_the_matches_are()
    {
        var whole = await site.GetAsync("/fhir/Observation?_id=f1&_include=Observation:derived-from");
        Assert.Contains("\"data\":\"1 2 3\"", whole.GetRawText(), StringComparison.Ordinal);
        var summary = await site.GetAsync("/fhir/Observation?_id=f1&_include=Observation:derived-from&_summary=true");
        Assert.Equal(["ecg1"], Ids(summary, "include"));
        Assert.DoesNotContain("\"data\"", summary.GetRawText(), StringComparison.Ordinal);
        Assert.All(Entries(summary), entry => Assert.Contains("SUBSETTED", entry.GetRawText(), StringComparison.Ordinal));
    }
}
