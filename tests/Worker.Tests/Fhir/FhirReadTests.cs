using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using EcgIntegration.Worker.Tests.Support;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Task = System.Threading.Tasks.Task;

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
    [InlineData("W/\"1\"", null, 304)]
    [InlineData("\"1\"", null, 304)]
    [InlineData("W/\"7\", W/\"1\"", null, 304)]
    [InlineData("*", null, 304)]
    [InlineData("W/\"2\"", null, 200)]
    [InlineData(null, 1, 304)]
    [InlineData(null, 0, 304)]
    [InlineData(null, -1, 200)]
    [InlineData("W/\"2\"", 1, 200)]
    [InlineData("W/\"1\"", -1, 304)]
    public async Task What_the_client_has_is_not_sent_again(string? tag, int? seconds, int status)
    {
        var entry = await site.StoreStudyAsync("Patient/read-4", "2026-01-01");
        using var first = await site.Http.GetAsync("/fhir/" + entry.Report, Stop);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/fhir/{entry.Report}?_summary=true");
        if (tag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        }

        if (seconds is { } offset)
        {
            request.Headers.IfModifiedSince = first.Content.Headers.LastModified!.Value.AddSeconds(offset);
        }

        using var answer = await site.Http.SendAsync(request, Stop);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(status == 304, (await answer.Content.ReadAsByteArrayAsync(Stop)).Length == 0);
        Assert.Equal("W/\"1\"", answer.Headers.ETag!.ToString());
    }

    [Theory]
    [InlineData("_summary=true", "resourceType id meta status subject effectiveDateTime valueSampledData")]
    [InlineData("_summary=text", "resourceType id meta status")]
    [InlineData("_summary=data", "resourceType id meta status subject effectiveDateTime valueSampledData")]
    [InlineData("_elements=subject", "resourceType id meta status subject")]
    public async Task A_part_of_a_resource_is_read_without_its_waveform(string query, string names)
    {
        var entry = await site.StoreStudyAsync("Patient/read-3", "2026-01-01");
        foreach (var path in new[] { entry.Observation, entry.Observation + "/_history/1" })
        {
            using var json = JsonDocument.Parse(await site.Http.GetStreamAsync($"/fhir/{path}?{query}", Stop));
            Assert.Equal(names.Split(' ').Order(), json.RootElement.EnumerateObject().Select(member => member.Name).Order());
            Assert.Equal("SUBSETTED", json.RootElement.GetProperty("meta").GetProperty("tag")[0].GetProperty("code").GetString());
            Assert.DoesNotContain("\"data\"", json.RootElement.GetRawText(), StringComparison.Ordinal);
        }

        using var whole = JsonDocument.Parse(await site.Http.GetStreamAsync($"/fhir/{entry.Observation}?_elements=value", Stop));
        Assert.Equal("1 2 3", whole.RootElement.GetProperty("valueSampledData").GetProperty("data").GetString());
    }

    [Theory]
    [InlineData("_summary=count", null, 400)]
    [InlineData("_summary=x", null, 400)]
    [InlineData("_elements=,", null, 400)]
    [InlineData("_elements=nonsense", null, 200)]
    [InlineData("_elements=nonsense", "handling=strict", 400)]
    [InlineData("nonsense=1", "handling=strict", 400)]
    [InlineData("nonsense=1", "handling=lenient", 200)]
    [InlineData("_pretty=true&_format=json", "return=minimal, handling=\"strict\"", 200)]
    public async Task A_read_takes_few_parameters(string query, string? prefer, int status)
    {
        var entry = await site.StoreStudyAsync("Patient/read-5", "2026-01-01");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/fhir/{entry.Report}?{query}");
        if (prefer is not null)
        {
            request.Headers.Add("Prefer", prefer);
        }

        using var answer = await site.Http.SendAsync(request, Stop);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("/fhir/Observation/no-such", 404, "not-found")]
    [InlineData("/fhir/Observation/%20%27--", 404, "not-found")]
    [InlineData("/fhir/Observation/x/_history/0x1", 404, "not-found")]
    [InlineData("/fhir/Patient/1", 404, "not-found")]
    [InlineData("/fhir/Condition/1", 404, "not-supported")]
    [InlineData("/fhir/Condition?patient=x", 404, "not-supported")]
    [InlineData("/fhir/Condition/_history", 404, "not-supported")]
    [InlineData("/fhir/Condition/1/_history", 404, "not-supported")]
    [InlineData("/fhir/observation/1", 404, "not-supported")]
    [InlineData("/fhir", 405, "not-supported")]
    [InlineData("/fhir/", 405, "not-supported")]
    [InlineData("/fhir/$nothing", 404, "not-supported")]
    [InlineData("/fhir/_history", 404, "not-supported")]
    [InlineData("/fhir/Observation/$nothing", 404, "not-supported")]
    [InlineData("/fhir/Observation/1/2/3/4", 404, "not-supported")]
    [InlineData("/fhir/Observation/_search", 405, "not-supported")]
    [InlineData("/fhir/Observation/x?_format=xml", 406, "not-supported")]
    [InlineData("/fhir/Observation/1/2/3/4?_format=xml", 406, "not-supported")]
    public async Task What_is_not_there_is_said_in_both_languages(string path, int status, string code)
    {
        using var response = await site.Http.GetAsync(path, Stop);
        Assert.Equal(status, (int)response.StatusCode);
        await AssertOutcomeAsync(response, code);
    }

    [Theory]
    [InlineData("DELETE", "/fhir/metadata", "GET, HEAD")]
    [InlineData("PATCH", "/fhir/Observation/x/_history/1", "GET, HEAD")]
    [InlineData("DELETE", "/fhir/Observation/_history", "GET, HEAD")]
    [InlineData("PUT", "/fhir/Observation/x/_history", "GET, HEAD")]
    [InlineData("GET", "/fhir/Observation/_search", "POST")]
    [InlineData("POST", "/fhir/metadata", "GET, HEAD")]
    public async Task A_method_that_an_address_does_not_take_is_told_with_those_that_it_does(string method, string path, string allow)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/fhir+json");
        using var response = await site.Http.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(allow, string.Join(", ", response.Content.Headers.Allow));
        await AssertOutcomeAsync(response, "not-supported");
    }

    [Theory]
    [InlineData("PUT", "/fhir/Condition/1")]
    [InlineData("POST", "/fhir/Condition")]
    [InlineData("DELETE", "/fhir/nothing/like/it/at/all")]
    public async Task Nothing_is_there_by_any_method(string method, string path)
    {
        using var response = await site.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Stop);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        await AssertOutcomeAsync(response, "not-supported");
    }

    [Theory]
    [InlineData("application/fhir+xml", 406)]
    [InlineData("application/fhir+json;q=0, text/xml", 406)]
    [InlineData("application/fhir+json", 200)]
    [InlineData("text/html, application/xml;q=0.9, */*;q=0.8", 200)]
    [InlineData("application/*", 200)]
    [InlineData("application/fhir+json; fhirVersion=4.0", 200)]
    [InlineData("application/fhir+json; fhirVersion=5.0", 406)]
    [InlineData("text/*, text/html", 406)]
    public async Task Only_json_is_offered(string accept, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/fhir/metadata");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await site.Http.SendAsync(request, Stop);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("json", 200)]
    [InlineData("application/fhir+json", 200)]
    [InlineData("application/fhir%2Bjson", 200)]
    [InlineData("application/fhir%2Bjson%3B%20fhirVersion%3D4.0", 200)]
    [InlineData("application/json;charset=utf-8", 200)]
    [InlineData("xml", 406)]
    [InlineData("application/fhir%2Bxml", 406)]
    [InlineData("ttl", 406)]
    [InlineData("", 406)]
    public async Task The_format_parameter_goes_before_the_header(string format, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/fhir/metadata?_format=" + format);
        request.Headers.TryAddWithoutValidation("Accept", status == 200 ? "application/fhir+xml" : "application/fhir+json");
        using var response = await site.Http.SendAsync(request, Stop);
        Assert.Equal(status, (int)response.StatusCode);
    }

    private static async Task AssertOutcomeAsync(HttpResponseMessage response, string code)
    {
        Assert.Equal("application/fhir+json; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        using var json = JsonDocument.Parse(await response.Content.ReadAsStreamAsync(Stop));
        Assert.Equal("OperationOutcome", json.RootElement.GetProperty("resourceType").GetString());
        var issue = json.RootElement.GetProperty("issue")[0];
        Assert.Equal(code, issue.GetProperty("code").GetString());
        Assert.Equal("urn:ecg-integration:problem", issue.GetProperty("details").GetProperty("coding")[0].GetProperty("system").GetString());
        Assert.EndsWith("。", issue.GetProperty("details").GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.EndsWith(".", issue.GetProperty("diagnostics").GetString(), StringComparison.Ordinal);
        // What is served is R4 as Firely reads it.
        Assert.IsType<OperationOutcome>(FhirJsonDeserializer.STRICT.DeserializeResource(json.RootElement.GetRawText()));
    }
}
