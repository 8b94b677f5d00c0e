using System.Net;
using System.Text.Json;
using EcgIntegration.Worker.Tests.Support;
using static EcgIntegration.Worker.Tests.Support.SeededSite;

namespace EcgIntegration.Worker.Tests.Fhir;

/// <summary>Searches over HTTP and PostgreSQL.</summary>
public sealed class FhirSearchTests(SeededSite site) : IClassFixture<SeededSite>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Observation?patient=p1", "ecg1 f1")]
    [InlineData("Observation?patient=Patient/p1&status=final", "ecg1")]
    [InlineData("Observation?subject:Patient=p1&status:not=final", "f1")]
    [InlineData("Observation?patient=p1,p2", "ecg1 ecg2 f1")]
    [InlineData("Observation?code=http://loinc.org|11524-6", "ecg1 ecg2")]
    [InlineData("Observation?code=11524-6&date=2026-01", "ecg1")]
    [InlineData("Observation?code=11524-6&date=ge2026-01-02", "ecg2")]
    [InlineData("Observation?code=11524-6&date=ge2026-01-01&date=lt2026-02-01", "ecg1")]
    [InlineData("Observation?date=2026-01-01T09:00:00%2B09:00", "ecg1 f1")]
    [InlineData("Observation?date=2026-01-01T09:00:00+09:00", "ecg1 f1")]
    [InlineData("Observation?code=urn:label|", "f1")]
    [InlineData("Observation?category=procedure&patient=p1", "ecg1")]
    [InlineData("Observation?identifier=urn:ecg|e2", "ecg2")]
    [InlineData("Observation?identifier=|e2", "")]
    [InlineData("Observation?derived-from=ecg1", "f1")]
    [InlineData("Observation?derived-from=Observation/ecg1", "f1")]
    [InlineData("Observation?derived-from:missing=false", "f1")]
    [InlineData("Observation?device=Device/model", "f1")]
    [InlineData("Observation?component-code=131329", "ecg1 ecg2")]
    [InlineData("Observation?patient.name=山田", "ecg1 f1")]
    [InlineData("Observation?patient.name:contains=ﾏﾀﾞ", "ecg1 f1")]
    [InlineData("Observation?patient.name:exact=ﾏﾀﾞ", "")]
    [InlineData("Observation?subject:Patient.identifier=urn:mrn|0043", "ecg2")]
    [InlineData("Observation?patient.birthdate=le1955", "ecg1 f1")]
    [InlineData("Observation?_id=ecg1,ecg2", "ecg1 ecg2")]
    [InlineData("Observation?_security=AIAST", "f1")]
    [InlineData("Observation?_profile=http://example.org/finding", "f1")]
    [InlineData("Observation?_id=ecg1&_lastUpdated=gt2026-01-01", "ecg1")]
    [InlineData("Observation?_id=ecg1&_lastUpdated=lt2020", "")]
    [InlineData("DiagnosticReport?conclusion=AFIB", "r1")]
    [InlineData("DiagnosticReport?result=f1&issued=2026-01-01", "r1")]
    [InlineData("Provenance?target=DiagnosticReport/r1", "v1")]
    [InlineData("Provenance?agent=Device/model&entity=Observation/ecg1&recorded=2026", "v1")]
    [InlineData("Task?status=requested&priority=urgent", "t1")]
    [InlineData("Task?focus=DiagnosticReport/r1&patient=p1&authored-on=2026-01-01&modified=ge2026", "t1")]
    [InlineData("Task?owner=Practitioner/d1", "t1")]
    [InlineData("Patient?identifier=urn:mrn|0042", "p1")]
    [InlineData("Patient?name=やまだ", "p1")]
    [InlineData("Patient?name=鈴木", "")]
    [InlineData("Patient?name=ヤマダ&birthdate=1950-01-02", "p1")]
    [InlineData("Patient?birthdate=gt1955", "p2")]
    [InlineData("Device?identifier=urn:model|abc", "model")]
    [InlineData("Device", "model")]
    public async Task Every_form_of_a_criterion_finds_what_it_means(string search, string ids)
    {
        var bundle = await site.GetAsync("/fhir/" + search, prefer: "handling=strict");

        Assert.Equal("searchset", bundle.GetProperty("type").GetString());
        Assert.False(bundle.TryGetProperty("total", out _));
        Assert.Equal(ids, string.Join(' ', Ids(bundle).Order(StringComparer.Ordinal)));
        Assert.Empty(Ids(bundle, "include"));
    }

    [Fact]
    public async Task Reports_come_newest_first_along_next_links_while_new_ones_arrive()
    {
        for (var day = 1; day <= 5; day++)
        {
            await site.Site.StoreStudyAsync("Patient/paged", $"2026-01-0{day}");
        }

        var dates = new List<string?>();
        var next = "/fhir/DiagnosticReport?patient=paged&_count=2";
        while (next is not null)
        {
            var bundle = await site.GetAsync(next);
            Assert.EndsWith("/fhir/DiagnosticReport?patient=paged&_sort=-date&_count=2", Link(bundle, "first"), StringComparison.Ordinal);
            Assert.StartsWith(Link(bundle, "first")!, Link(bundle, "self"), StringComparison.Ordinal);
            foreach (var entry in Entries(bundle))
            {
                var resource = entry.GetProperty("resource");
                Assert.EndsWith($"/fhir/DiagnosticReport/{resource.GetProperty("id").GetString()}", entry.GetProperty("fullUrl").GetString(), StringComparison.Ordinal);
                dates.Add(resource.GetProperty("effectiveDateTime").GetString());
            }

            next = Link(bundle, "next");
            await site.Site.StoreStudyAsync("Patient/paged", "2027-01-01");
        }

        Assert.Equal(["2026-01-05", "2026-01-04", "2026-01-03", "2026-01-02", "2026-01-01"], dates);
    }

    [Theory]
    [InlineData("Patient?_sort=birthdate", "p1 p2")]
    [InlineData("Patient?_sort=-birthdate", "p2 p1")]
    [InlineData("Patient?_sort=-_id", "p2 p1")]
    [InlineData("Observation?patient=p1,p2&_sort=date,-_id", "f1 ecg1 ecg2")]
    [InlineData("Observation?patient=p1,p2&_sort=-date,_id", "ecg2 ecg1 f1")]
    public async Task The_order_is_the_one_asked_for_also_page_by_page(string search, string ids)
    {
        var whole = await site.GetAsync($"/fhir/{search}");
        Assert.Equal(ids, string.Join(' ', Ids(whole)));
        var found = new List<string>();
        for (var next = $"/fhir/{search}&_count=1"; next is not null;)
        {
            var page = await site.GetAsync(next);
            found.AddRange(Ids(page));
            next = Link(page, "next");
        }

        Assert.Equal(ids, string.Join(' ', found));
    }

    [Fact]
    public async Task A_page_link_serves_its_own_search_only()
    {
        var bundle = await site.GetAsync("/fhir/Patient?_sort=birthdate&_count=1");
        var next = Link(bundle, "next")!;
        Assert.DoesNotContain("1950", next, StringComparison.Ordinal);
        Assert.Equal(["p2"], Ids(await site.GetAsync(next)));
        var refused = await site.GetAsync(next.Replace("birthdate", "-birthdate", StringComparison.Ordinal), HttpStatusCode.BadRequest);
        Assert.Equal("http._cursor", refused.GetProperty("issue")[0].GetProperty("expression")[0].GetString());
    }

    [Theory]
    [InlineData("_total=accurate", 2, 2)]
    [InlineData("_total=estimate&_count=1", 2, 1)]
    [InlineData("_total=none", null, 2)]
    [InlineData("_summary=count", 2, 0)]
    [InlineData("_count=0", 2, 0)]
    public async Task Matches_are_counted_when_asked_for(string query, int? total, int matches)
    {
        var bundle = await site.GetAsync("/fhir/Observation?code=http://loinc.org|11524-6&" + query);
        Assert.Equal(total, bundle.TryGetProperty("total", out var counted) ? counted.GetInt32() : null);
        Assert.Equal(matches, Ids(bundle).Count);
        Assert.Equal(matches > 0, bundle.TryGetProperty("entry", out _));
    }

    [Fact]
    public async Task A_count_beyond_the_limit_is_cut_and_the_self_link_says_so()
    {
        Assert.EndsWith("&_count=1000", Link(await site.GetAsync("/fhir/Task?_count=5000"), "self"), StringComparison.Ordinal);
        Assert.EndsWith("&_count=100", Link(await site.GetAsync("/fhir/Observation?_count=5000"), "self"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status=preliminary&nonsense=1", "nonsense")]
    [InlineData("status=preliminary&_sort=code", "_sort")]
    [InlineData("status=preliminary&patient.gender=male", "patient.gender")]
    [InlineData("status=preliminary&code:in=http://x", "code:in")]
    public async Task What_is_not_supported_is_never_silently_ignored(string query, string name)
    {
        var bundle = await site.GetAsync("/fhir/DiagnosticReport?patient=p1&" + query, prefer: "handling=lenient");
        Assert.Equal(["r1"], Ids(bundle));
        Assert.DoesNotContain(query.Split('&')[1], Link(bundle, "self"), StringComparison.Ordinal);
        var outcome = Assert.Single(Entries(bundle), entry => entry.GetProperty("search").GetProperty("mode").GetString() == "outcome");
        AssertIssue(outcome.GetProperty("resource"), "warning", "http." + name, name);

        var refused = await site.GetAsync("/fhir/DiagnosticReport?patient=p1&" + query, HttpStatusCode.BadRequest, "return=minimal; handling=strict");
        AssertIssue(refused, "error", "http." + name, name);
    }

    [Fact]
    public async Task A_mistyped_patient_does_not_show_everybody()
    {
        var bundle = await site.GetAsync("/fhir/Observation?patinet=p1&_include=Observation:patient");
        Assert.Empty(Ids(bundle));
        Assert.False(bundle.TryGetProperty("total", out _));
        var issues = Assert.Single(Entries(bundle)).GetProperty("resource").GetProperty("issue").EnumerateArray().ToList();
        Assert.Equal(["fhir-parameter-ignored", "fhir-search-withheld"], issues.Select(Code));
        Assert.EndsWith("/fhir/Observation?_include=Observation%3Apatient&_sort=-date&_count=0", Link(bundle, "self"), StringComparison.Ordinal);
        Assert.Null(Link(bundle, "next"));
        Assert.NotEmpty(Ids(await site.GetAsync("/fhir/Observation")));
    }

    [Theory]
    [InlineData("?%E5%B1%B1%E7%94%B0=1")]
    [InlineData("?a%20b=1")]
    [InlineData("?0000000000000000000000000000000000000000000000000000000000000000000000000000=1")]
    public async Task A_name_that_is_not_plain_is_not_repeated(string query)
    {
        var bundle = await site.GetAsync("/fhir/Observation" + query);
        Assert.DoesNotContain("山田", bundle.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("a b", bundle.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("00000000", bundle.GetRawText(), StringComparison.Ordinal);
        var issue = Assert.Single(Entries(bundle)).GetProperty("resource").GetProperty("issue")[0];
        Assert.Equal("http.url", issue.GetProperty("expression")[0].GetString());
    }

    [Theory]
    [InlineData("patient=", "http.patient")]
    [InlineData("patient=urn:oid:1.2.3|0123", "http.patient")]
    [InlineData("patient=Group/1", "http.patient")]
    [InlineData("date=SECRET-VALUE", "http.date")]
    [InlineData("status=a%00b", "http.status")]
    [InlineData("_count=-1", "http._count")]
    [InlineData("_count=SECRET-VALUE", "http._count")]
    [InlineData("_cursor=SECRET-VALUE", "http._cursor")]
    [InlineData("_summary=SECRET-VALUE", "http._summary")]
    public async Task A_value_that_cannot_be_read_is_refused_with_its_place_and_not_repeated(string query, string expression)
    {
        var refused = await site.GetAsync("/fhir/DiagnosticReport?" + query, HttpStatusCode.BadRequest);
        AssertIssue(refused, "error", expression, null);
        Assert.DoesNotContain("SECRET", refused.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_leaves_an_audit_record_with_the_patient_it_names_and_what_it_showed()
    {
        await site.GetAsync("/fhir/Observation?patient=p1&_revinclude=Provenance:target");
        await site.GetAsync("/fhir/Observation?patient.identifier=urn:mrn|0043");
        await site.GetAsync("/fhir/Observation?status=nothing");
        await site.GetAsync("/fhir/Task?focus=DiagnosticReport/r1&_elements=status");
        await site.GetAsync("/fhir/Observation?_id=ecg1,ecg2&_sort=_id&_elements=status");
        await site.GetAsync("/fhir/Observation?_id=ecg2&_include=Observation:patient");
        await site.GetAsync("/fhir/Device?identifier=abc&_revinclude=Observation:device");
        await site.GetAsync("/fhir/Device?identifier=abc");
        await site.GetAsync("/fhir/Patient?birthdate=1960");
        var trail = await site.Site.AuditTrailAsync();
        Assert.Contains("anonymous@loopback search Observation Patient/p1 3", trail);
        Assert.Contains("anonymous@loopback search Observation urn:mrn|0043 Patient/p2 1", trail);
        Assert.Contains("anonymous@loopback search Task Patient/p1 1", trail);
        Assert.Contains("anonymous@loopback search Observation Patient/p1 Patient/p2 2", trail);
        Assert.Contains("anonymous@loopback search Observation Patient/p2 2", trail);
        Assert.Contains("anonymous@loopback search Device Patient/p1 2", trail);
        Assert.Contains("anonymous@loopback search Device 1", trail);
        Assert.Contains("anonymous@loopback search Patient Patient/p2 1", trail);
        Assert.Contains("anonymous@loopback search Observation 0", trail);
    }

    [Fact]
    public async Task The_answer_is_indented_when_asked_for_with_its_digits()
    {
        using var response = await site.Http.GetAsync("/fhir/Observation?_id=ecg1&_pretty=true&_format=application/fhir%2Bjson", Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        Assert.Contains("\n  \"resourceType\": \"Bundle\"", text, StringComparison.Ordinal);
        Assert.Contains("\"factor\": 1.50", text, StringComparison.Ordinal);
        Assert.Contains("_format=application%2Ffhir%2Bjson", Link(JsonDocument.Parse(text).RootElement, "self"), StringComparison.Ordinal);
    }

    private static string? Code(JsonElement issue) => issue.GetProperty("details").GetProperty("coding")[0].GetProperty("code").GetString();

    private static void AssertIssue(JsonElement outcome, string severity, string expression, string? named)
    {
        Assert.Equal("OperationOutcome", outcome.GetProperty("resourceType").GetString());
        var issue = Assert.Single(outcome.GetProperty("issue").EnumerateArray());
        Assert.Equal(severity, issue.GetProperty("severity").GetString());
        Assert.Equal(expression, issue.GetProperty("expression")[0].GetString());
        var (text, diagnostics) = (issue.GetProperty("details").GetProperty("text").GetString()!, issue.GetProperty("diagnostics").GetString()!);
        Assert.EndsWith("。", text, StringComparison.Ordinal);
        Assert.StartsWith(text + " / ", diagnostics, StringComparison.Ordinal);
        Assert.EndsWith(".", diagnostics, StringComparison.Ordinal);
        if (named is not null)
        {
            Assert.Contains(named, text, StringComparison.Ordinal);
        }
    }
}
