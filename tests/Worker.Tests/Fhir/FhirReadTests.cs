using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using EcgIntegration.Worker.Fhir;
using EcgIntegration.Worker.Tests.Support;

namespace EcgIntegration.Worker.Tests.Fhir;

public sealed class FhirReadTests(WorkerSite site) : IClassFixture<WorkerSite>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_resource_is_read_whole_with_its_version_and_leaves_an_audit_record()
    {
        var entry = await site.StoreStudyAsync("Patient/read-1", "2026-01-01");
        using var response = await site.Http.GetAsync("/fhir/" + entry.Observation, Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/fhir+json; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("W/\"1\"", response.Headers.ETag!.ToString());
        Assert.NotNull(response.Content.Headers.LastModified);
        Assert.True(response.Headers.CacheControl!.NoStore);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStreamAsync(Stop));
        Assert.Equal("1", json.RootElement.GetProperty("meta").GetProperty("versionId").GetString());
        Assert.Equal("1 2 3", json.RootElement.GetProperty("valueSampledData").GetProperty("data").GetString());
        Assert.Contains($"anonymous@loopback read {entry.Observation}/_history/1 Patient/read-1 1", await site.AuditTrailAsync());
        Assert.Null(await site.Audit.FindBreakAsync(Stop));
    }

    [Fact]
    public async Task A_version_is_read_and_a_known_one_is_not_sent_again()
    {
        var entry = await site.StoreStudyAsync("Patient/read-2", "2026-01-01");
        using var version = await site.Http.GetAsync($"/fhir/{entry.Report}/_history/1", Stop);
        Assert.Equal(HttpStatusCode.OK, version.StatusCode);
        using var missing = await site.Http.GetAsync($"/fhir/{entry.Report}/_history/2", Stop);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/fhir/" + entry.Report);
        request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"1\"", isWeak: true));
        using var known = await site.Http.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        Assert.Empty(await known.Content.ReadAsByteArrayAsync(Stop));
        using var head = await site.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/fhir/" + entry.Report), Stop);
        Assert.True(head.Content.Headers.ContentLength > 50);
    }

    [Theory]
    [InlineData("/fhir/Observation/no-such", 404, "not-found")]
    [InlineData("/fhir/Observation/%20%27--", 404, "not-found")]
    [InlineData("/fhir/Observation/x/_history/0x1", 404, "not-found")]
    [InlineData("/fhir/Patient/1", 404, "not-supported")]
    [InlineData("/fhir/Patient?name=x", 404, "not-supported")]
    [InlineData("/fhir/Device", 404, "not-supported")]
    [InlineData("/fhir/Observation/1/2/3/4", 404, "not-supported")]
    [InlineData("/fhir/Observation/x?_format=xml", 406, "not-supported")]
    public async Task What_is_not_there_is_said_in_both_languages(string path, int status, string code)
    {
        using var response = await site.Http.GetAsync(path, Stop);
        Assert.Equal(status, (int)response.StatusCode);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStreamAsync(Stop));
        Assert.Equal("OperationOutcome", json.RootElement.GetProperty("resourceType").GetString());
        var issue = json.RootElement.GetProperty("issue")[0];
        Assert.Equal(code, issue.GetProperty("code").GetString());
        Assert.Contains("。", issue.GetProperty("details").GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(issue.GetProperty("diagnostics").GetString()!);
    }

    [Theory]
    [InlineData("application/fhir+xml", 406)]
    [InlineData("application/fhir+json;q=0, text/xml", 406)]
    [InlineData("application/fhir+json", 200)]
    [InlineData("text/html, application/xml;q=0.9, */*;q=0.8", 200)]
    [InlineData("application/*", 200)]
    public async Task Only_json_is_offered(string accept, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/fhir/metadata");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await site.Http.SendAsync(request, Stop);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task The_capability_statement_tells_the_routes_there_are()
    {
        using var json = JsonDocument.Parse(await site.Http.GetStreamAsync("/fhir/metadata", Stop));
        Assert.Equal("4.0.1", json.RootElement.GetProperty("fhirVersion").GetString());
        var resources = json.RootElement.GetProperty("rest")[0].GetProperty("resource").EnumerateArray().ToList();
        Assert.Equal(FhirTypes.All.Select(type => type.Name), resources.Select(resource => resource.GetProperty("type").GetString()));
        foreach (var resource in resources)
        {
            var searchable = resource.GetProperty("interaction").EnumerateArray().Any(i => i.GetProperty("code").GetString() == "search-type");
            using var search = await site.Http.GetAsync($"/fhir/{resource.GetProperty("type").GetString()}?patient=nobody", Stop);
            Assert.Equal(searchable ? HttpStatusCode.OK : HttpStatusCode.NotFound, search.StatusCode);
        }
    }

    [Fact]
    public async Task Nothing_can_be_written()
    {
        using var response = await site.Http.PostAsync("/fhir/Observation", new StringContent("{}"), Stop);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }
}
