using System.Net;
using System.Text.Json;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Worker.Fhir;
using EcgIntegration.Worker.Tests.Support;

namespace EcgIntegration.Worker.Tests.Fhir;

public sealed class FhirSearchTests(WorkerSite site) : IClassFixture<WorkerSite>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reports_come_newest_first_along_next_links_while_new_ones_arrive()
    {
        for (var day = 1; day <= 5; day++)
        {
            await site.StoreStudyAsync("Patient/paged", $"2026-01-0{day}");
        }

        await site.StoreStudyAsync("Patient/other", "2026-01-09");
        var dates = new List<string?>();
        var next = "/fhir/DiagnosticReport?patient=paged&_count=2";
        while (next is not null)
        {
            using var bundle = await GetAsync(next);
            Assert.Equal("searchset", bundle.RootElement.GetProperty("type").GetString());
            foreach (var entry in bundle.RootElement.GetProperty("entry").EnumerateArray())
            {
                var resource = entry.GetProperty("resource");
                Assert.EndsWith($"/fhir/DiagnosticReport/{resource.GetProperty("id").GetString()}", entry.GetProperty("fullUrl").GetString(), StringComparison.Ordinal);
                Assert.Equal("match", entry.GetProperty("search").GetProperty("mode").GetString());
                dates.Add(resource.GetProperty("effectiveDateTime").GetString());
            }

            next = Link(bundle, "next");
            await site.StoreStudyAsync("Patient/paged", "2027-01-01");
        }

        Assert.Equal(["2026-01-05", "2026-01-04", "2026-01-03", "2026-01-02", "2026-01-01"], dates);
    }

    [Theory]
    [InlineData("patient=forms")]
    [InlineData("patient=Patient/forms")]
    [InlineData("subject=Patient%2Fforms")]
    [InlineData("subject:Patient=forms&_sort=-date&_format=application/fhir+json")]
    public async Task A_patient_is_found_by_every_form_of_the_reference(string query)
    {
        await site.StoreStudyAsync("Patient/forms", "2026-01-01");
        using var bundle = await GetAsync("/fhir/DiagnosticReport?" + query);
        Assert.NotEqual(0, bundle.RootElement.GetProperty("entry").GetArrayLength());
        Assert.EndsWith("/fhir/DiagnosticReport?patient=Patient%2Fforms&_sort=-date&_count=20", Link(bundle, "self"), StringComparison.Ordinal);
        Assert.Contains("anonymous@loopback search DiagnosticReport Patient/forms " + bundle.RootElement.GetProperty("entry").GetArrayLength(), await site.AuditTrailAsync());
    }

    [Fact]
    public async Task An_absolute_reference_and_an_identifier_are_found()
    {
        await site.StoreStudyAsync("https://ehr.example/fhir/Patient/9", "2026-01-01");
        using var byUrl = await GetAsync("/fhir/DiagnosticReport?patient=https%3A%2F%2Fehr.example%2Ffhir%2FPatient%2F9");
        Assert.Equal(1, byUrl.RootElement.GetProperty("entry").GetArrayLength());

        await site.StoreStudyAsync("Patient/unused", "2026-01-01", observation:
            """{"resourceType": "Observation", "subject": {"identifier": {"system": "urn:mrn", "value": "0042"}}, "valueSampledData": {"data": "7 8"} }""");
        using var byIdentifier = await GetAsync("/fhir/Observation?patient.identifier=urn:mrn|0042");
        var ecg = Assert.Single(byIdentifier.RootElement.GetProperty("entry").EnumerateArray()).GetProperty("resource");
        Assert.Equal("7 8", ecg.GetProperty("valueSampledData").GetProperty("data").GetString());
        using var wrong = await GetAsync("/fhir/Observation?patient.identifier=urn:other|0042");
        Assert.False(wrong.RootElement.TryGetProperty("entry", out _));
    }

    [Theory]
    [InlineData("", "required")]
    [InlineData("?patient=", "required")]
    [InlineData("?patient=a&patient=b", "required")]
    [InlineData("?patient=urn:oid:1.2.3|0123", "required")]
    [InlineData("?subject=urn:oid:1.2.3%7C0123", "required")]
    [InlineData("?patient=http://x/Patient/a,http://x/Patient/b", "required")]
    [InlineData("?patient=a&patient.identifier=x|y", "required")]
    [InlineData("?patient.identifier=urn:mrn|", "required")]
    [InlineData("?patient=Group/1", "required")]
    [InlineData("?patient=a&_count=0", "value")]
    [InlineData("?patient=a&_count=51", "value")]
    [InlineData("?patient=a&_count=-1", "value")]
    [InlineData("?patient=a&_cursor=nonsense", "value")]
    [InlineData("?patient=a&_cursor=", "value")]
    public async Task A_search_that_cannot_be_understood_is_refused(string query, string code)
    {
        using var response = await site.Http.GetAsync("/fhir/DiagnosticReport" + query, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStreamAsync(Stop));
        Assert.Equal(code, json.RootElement.GetProperty("issue")[0].GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("status=final")]
    [InlineData("_sort=date")]
    [InlineData("patient:missing=true")]
    public async Task An_unknown_parameter_is_never_silently_ignored(string parameter)
    {
        using var bundle = await GetAsync("/fhir/DiagnosticReport?patient=nobody&" + parameter);
        Assert.DoesNotContain(parameter, Link(bundle, "self")!, StringComparison.Ordinal);
        var outcome = Assert.Single(bundle.RootElement.GetProperty("entry").EnumerateArray());
        Assert.Equal("outcome", outcome.GetProperty("search").GetProperty("mode").GetString());

        using var request = new HttpRequestMessage(HttpMethod.Get, "/fhir/DiagnosticReport?patient=nobody&" + parameter);
        request.Headers.Add("Prefer", "return=minimal; handling=strict");
        using var strict = await site.Http.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, strict.StatusCode);
    }

    [Fact]
    public void A_cursor_comes_back_and_a_forged_one_does_not()
    {
        var cursor = new ResourceCursor(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(10), "report-1");
        Assert.Equal(cursor, SearchCursor.Parse(SearchCursor.Format(cursor)));
        foreach (var forged in new[] { null, "", "AAAA", "!!!", "_____________________w" })
        {
            Assert.Null(SearchCursor.Parse(forged));
        }
    }

    private static string? Link(JsonDocument bundle, string relation) => bundle.RootElement.GetProperty("link").EnumerateArray()
        .Where(link => link.GetProperty("relation").GetString() == relation)
        .Select(link => link.GetProperty("url").GetString())
        .SingleOrDefault();

    private async Task<JsonDocument> GetAsync(string url)
    {
        using var response = await site.Http.GetAsync(url, Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop));
    }
}
