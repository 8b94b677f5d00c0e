using System.Net;
using System.Text;
using EcgIntegration.Persistence.Search;
using EcgIntegration.Worker.Fhir;
using EcgIntegration.Worker.Tests.Support;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Hl7.Fhir.Utility;
using static EcgIntegration.Worker.Tests.Support.SeededSite;
using CapabilityStatement = Hl7.Fhir.Model.CapabilityStatement;
using Task = System.Threading.Tasks.Task;

namespace EcgIntegration.Worker.Tests.Fhir;

/// <summary>The capability statement is what the routes do, no more and no less.</summary>
public sealed class CapabilityTests(SeededSite site) : IClassFixture<SeededSite>
{
    private static readonly Dictionary<string, (string Method, string Path)> Routes = new()
    {
        ["read"] = ("GET", "{0}/{1}"),
        ["vread"] = ("GET", "{0}/{1}/_history/1"),
        ["history-instance"] = ("GET", "{0}/{1}/_history"),
        ["history-type"] = ("GET", "{0}/_history"),
        ["search-type"] = ("GET", "{0}"),
        ["create"] = ("POST", "{0}"),
        ["update"] = ("PUT", "{0}/{1}"),
        ["patch"] = ("PATCH", "{0}/{1}"),
        ["delete"] = ("DELETE", "{0}/{1}"),
    };

    private static readonly Dictionary<string, SearchParamType> Common = new()
    {
        ["_id"] = SearchParamType.Token,
        ["_lastUpdated"] = SearchParamType.Date,
        ["_tag"] = SearchParamType.Token,
        ["_security"] = SearchParamType.Token,
        ["_profile"] = SearchParamType.Uri,
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_r4_as_firely_reads_it_strictly()
    {
        var statement = await ReadAsync();

        Assert.Equal(("4.0.1", CapabilityStatementKind.Instance), (statement.FhirVersion.GetLiteral(), statement.Kind));
        Assert.EndsWith("/fhir", statement.Implementation!.Url, StringComparison.Ordinal);
        Assert.Contains("json", statement.Format);
        var rest = Assert.Single(statement.Rest);
        Assert.Contains("Bearer", rest.Security!.Description, StringComparison.Ordinal);
        Assert.Contains(rest.Operation, operation => operation.Name == "replay");
        Assert.Equal(FhirTypes.All.Select(type => type.Name), rest.Resource.Select(resource => resource.Type));
        Assert.All(rest.Resource, resource => Assert.Equal(
            (CapabilityStatement.ConditionalReadStatus.FullSupport, true), (resource.ConditionalRead, resource.Versioning is not null)));
    }

    [Fact]
    public async Task It_says_what_can_be_sorted_by()
    {
        foreach (var resource in (await ReadAsync()).Rest[0].Resource)
        {
            foreach (var parameter in resource.SearchParam)
            {
                var sorts = parameter.Documentation?.Contains($"_sort={parameter.Name}", StringComparison.Ordinal) == true;
                using var answer = await site.Http.SendAsync(
                    new HttpRequestMessage(HttpMethod.Get, $"/fhir/{resource.Type}?_sort=-{parameter.Name}") { Headers = { { "Prefer", "handling=strict" } } }, Stop);
                Assert.Equal(sorts ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.StatusCode);
            }
        }
    }

    [Fact]
    public async Task Every_parameter_listed_is_searched_and_is_the_standard_s()
    {
        foreach (var resource in (await ReadAsync()).Rest[0].Resource)
        {
            var type = resource.Type!;
            Assert.Equal(SearchParameters.Of(type).Select(parameter => parameter.Name), resource.SearchParam.Select(parameter => parameter.Name));
            foreach (var parameter in resource.SearchParam)
            {
                var standard = Common.TryGetValue(parameter.Name!, out var common)
                    ? common
                    : ModelInfo.SearchParameters.First(known => known.Url == parameter.Definition && known.Name == parameter.Name && known.Resource == type).Type;
                Assert.Equal(standard, parameter.Type);
                var value = parameter.Type == SearchParamType.Date ? "2026" : "x";
                await site.GetAsync($"/fhir/{type}?{parameter.Name}={value}", HttpStatusCode.OK, "handling=strict");
                await site.GetAsync($"/fhir/{type}?{parameter.Name}:missing=true", HttpStatusCode.OK, "handling=strict");
            }
        }
    }

    [Fact]
    public async Task Every_include_listed_is_followed()
    {
        foreach (var resource in (await ReadAsync()).Rest[0].Resource)
        {
            foreach (var include in resource.SearchInclude.Select(name => "_include=" + name).Concat(resource.SearchRevInclude.Select(name => "_revinclude=" + name)))
            {
                var bundle = await site.GetAsync($"/fhir/{resource.Type}?{include}", HttpStatusCode.OK, "handling=strict");
                Assert.Contains(Uri.EscapeDataString(include.Split('=')[1]), Link(bundle, "self"), StringComparison.Ordinal);
            }
        }

        var observation = (await ReadAsync()).Rest[0].Resource.Single(resource => resource.Type == "Observation");
        Assert.Contains("Observation:derived-from", observation.SearchInclude);
        Assert.Contains("Provenance:target", observation.SearchRevInclude);
        Assert.DoesNotContain("Observation:_profile", observation.SearchInclude);
    }

    [Fact]
    public async Task Every_interaction_listed_works_and_no_other_does()
    {
        foreach (var resource in (await ReadAsync()).Rest[0].Resource)
        {
            var listed = resource.Interaction.Select(interaction => interaction.Code.GetLiteral()).ToList();
            Assert.All(listed, code => Assert.Contains(code, Routes.Keys));
            var id = await IdOfAsync(resource.Type!);
            foreach (var (code, (method, path)) in Routes)
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), "/fhir/" + string.Format(null, path, resource.Type, id));
                if (method is "POST" or "PUT" or "PATCH")
                {
                    request.Content = new StringContent("", Encoding.UTF8, "application/fhir+json");
                }

                using var answer = await site.Http.SendAsync(request, Stop);
                var isOffered = answer.StatusCode is not (HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotFound);
                Assert.True(listed.Contains(code) == isOffered, $"{method} {request.RequestUri}: {answer.StatusCode}");
                Assert.True(method != "GET" || !isOffered || answer.StatusCode == HttpStatusCode.OK);
            }
        }
    }

    [Fact]
    public async Task References_are_not_said_to_be_held_to_what_is_stored_because_they_are_not()
    {
        Assert.All((await ReadAsync()).Rest[0].Resource, resource => Assert.Equal(
            resource.Type == "AuditEvent" ? [] : ["literal", "logical"], resource.ReferencePolicy.Select(policy => policy.GetLiteral())));
        using var content = new StringContent(
            """{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/of-the-ehr-alone"}}""", Encoding.UTF8, "application/fhir+json");
        using var created = await site.Http.PostAsync("/fhir/Observation", content, Stop);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
    }

    private async Task<CapabilityStatement> ReadAsync() =>
        (CapabilityStatement)FhirJsonDeserializer.STRICT.DeserializeResource(await site.Http.GetStringAsync("/fhir/metadata", Stop));

    /// <summary>The search before leaves an AuditEvent where there is none yet.</summary>
    private async Task<string> IdOfAsync(string type)
    {
        await site.GetAsync("/fhir/Patient");
        return Ids(await site.GetAsync($"/fhir/{type}?_count=1"))[0];
    }
}
