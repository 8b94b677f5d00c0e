using System.Globalization;
using System.Net;
using System.Text.Json;
using EcgIntegration.Worker.Tests.Support;
using static EcgIntegration.Worker.Tests.Support.SeededSite;

namespace EcgIntegration.Worker.Tests.Fhir;

/// <summary>Versions and deletions.</summary>
public sealed class FhirHistoryTests(SeededSite site) : IClassFixture<SeededSite>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_history_has_every_version_newest_first_with_what_made_it()
    {
        await StoreVersionsAsync("h1");

        var bundle = await site.GetAsync("/fhir/Patient/h1/_history");

        Assert.Equal("history", bundle.GetProperty("type").GetString());
        var entries = Entries(bundle).ToList();
        Assert.Equal(
            ["DELETE Patient/h1 204 W/\"3\"", "PUT Patient/h1 200 W/\"2\"", "POST Patient 201 W/\"1\""],
            entries.Select(entry => string.Join(' ',
                Text(entry, "request", "method"), Text(entry, "request", "url"), Text(entry, "response", "status"), Text(entry, "response", "etag"))));
        Assert.Equal([false, true, true], entries.Select(entry => entry.TryGetProperty("resource", out _)));
        Assert.All(entries, entry => Assert.EndsWith("/fhir/Patient/h1", entry.GetProperty("fullUrl").GetString(), StringComparison.Ordinal));
        Assert.All(entries, entry => Assert.False(entry.TryGetProperty("search", out _)));
        Assert.Equal(["1951", "1950"], entries.Skip(1).Select(entry => entry.GetProperty("resource").GetProperty("birthDate").GetString()));
        Assert.All(entries, entry => Assert.True(DateTimeOffset.TryParse(Text(entry, "response", "lastModified"), CultureInfo.InvariantCulture, out _)));
        Assert.Contains("anonymous@loopback history Patient/h1 Patient/h1 3", await site.Site.AuditTrailAsync());
    }

    [Fact]
    public async Task A_deleted_resource_is_gone_and_its_earlier_versions_are_not()
    {
        await StoreVersionsAsync("h2");
        var gone = await site.GetAsync("/fhir/Patient/h2", HttpStatusCode.Gone);
        Assert.Equal("deleted", gone.GetProperty("issue")[0].GetProperty("code").GetString());
        await site.GetAsync("/fhir/Patient/h2/_history/3", HttpStatusCode.Gone);
        await site.GetAsync("/fhir/Patient/h2?_summary=true", HttpStatusCode.Gone);
        Assert.Equal("1951", (await site.GetAsync("/fhir/Patient/h2/_history/2")).GetProperty("birthDate").GetString());
        await site.GetAsync("/fhir/Patient/h2/_history/4", HttpStatusCode.NotFound);
        await site.GetAsync("/fhir/Patient/h2/_history/0", HttpStatusCode.NotFound);
        await site.GetAsync("/fhir/Patient/never/_history", HttpStatusCode.NotFound);
        Assert.Empty(Ids(await site.GetAsync("/fhir/Patient?_id=h2")));
        Assert.Contains("anonymous@loopback read Patient/h2/_history/3 Patient/h2 0", await site.Site.AuditTrailAsync());
    }

    [Fact]
    public async Task Pages_of_a_history_go_on_while_versions_arrive()
    {
        await StoreVersionsAsync("h3");
        var versions = new List<string?>();
        for (var next = "/fhir/Patient/h3/_history?_count=1"; next is not null;)
        {
            var bundle = await site.GetAsync(next);
            Assert.EndsWith("/fhir/Patient/h3/_history?_count=1", Link(bundle, "first"), StringComparison.Ordinal);
            versions.AddRange(Entries(bundle).Select(entry => Text(entry, "response", "etag")));
            next = Link(bundle, "next");
            await site.StoreNextAsync("Patient", "h3", """{"birthDate": "1952"}""");
        }

        Assert.Equal(["W/\"3\"", "W/\"2\"", "W/\"1\""], versions);
    }

    [Fact]
    public async Task A_type_s_history_begins_where_it_is_asked_to()
    {
        await StoreVersionsAsync("h4");
        var all = await site.GetAsync("/fhir/Patient/_history");
        Assert.Contains(Entries(all), entry => entry.GetProperty("fullUrl").GetString()!.EndsWith("/Patient/p1", StringComparison.Ordinal));
        var latest = Text(Entries(await site.GetAsync("/fhir/Patient/h4/_history")).First(), "response", "lastModified")!;
        var since = await site.GetAsync($"/fhir/Patient/h4/_history?_since={Uri.EscapeDataString(latest)}");
        Assert.Equal("DELETE", Text(Assert.Single(Entries(since)), "request", "method"));
        Assert.Contains("_since=", Link(since, "self"), StringComparison.Ordinal);
        Assert.Empty(Entries(await site.GetAsync("/fhir/Patient/_history?_since=2999-01-01T00:00:00Z")));
        Assert.Empty(Entries(await site.GetAsync("/fhir/Patient/h4/_history?_since=2999-01-01T00:00:00Z")));
    }

    [Theory]
    [InlineData("_since=yesterday", "http._since")]
    [InlineData("_since=gt2026", "http._since")]
    [InlineData("_count=x", "http._count")]
    [InlineData("_cursor=x", "http._cursor")]
    [InlineData("_at=2026", "http._at")]
    [InlineData("patient=p1", "http.patient")]
    [InlineData("_elements=nonsense", "http._elements")]
    public async Task What_a_history_cannot_do_is_refused(string query, string expression)
    {
        var refused = await site.GetAsync("/fhir/Patient/_history?" + query, HttpStatusCode.BadRequest);
        Assert.Equal(expression, refused.GetProperty("issue")[0].GetProperty("expression")[0].GetString());
    }

    [Fact]
    public async Task A_history_can_be_shown_in_part_and_a_place_serves_its_own_only()
    {
        var summary = await site.GetAsync("/fhir/Observation/ecg1/_history?_summary=true");
        Assert.DoesNotContain("\"data\"", summary.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("SUBSETTED", summary.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("\"data\"", (await site.GetAsync("/fhir/Observation/ecg1/_history")).GetRawText(), StringComparison.Ordinal);
        var next = Link(await site.GetAsync("/fhir/Patient/_history?_count=1"), "next")!;
        Assert.NotEmpty(Entries(await site.GetAsync(next)));
        await site.GetAsync(next.Replace("/Patient/_history", "/Observation/_history", StringComparison.Ordinal), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_head_request_has_the_headers_alone()
    {
        using var head = await site.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/fhir/Patient/_history"), Stop);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.True(head.Content.Headers.ContentLength > 50);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Stop));
    }

    private async Task StoreVersionsAsync(string id)
    {
        await site.StoreAsync(("Patient", id, """{"resourceType": "Patient", "birthDate": "1950"}"""));
        await site.StoreNextAsync("Patient", id, """{"birthDate": "1951"}""");
        await site.StoreNextAsync("Patient", id, null);
    }

    private static string? Text(JsonElement entry, string part, string name) => entry.GetProperty(part).GetProperty(name).GetString();
}
