using EcgIntegration.Persistence.Search;
using EcgIntegration.Worker.Fhir;
using EcgIntegration.Worker.Fhir.Reading;
using EcgIntegration.Worker.Fhir.Search;
using EcgIntegration.Worker.FhirModel;
using EcgIntegration.Worker.Security;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Tests.Fhir.Search;

public sealed class SearchRequestReaderTests
{
    private static readonly CursorSeal Seal = SealOf(null);

    [Theory]
    [InlineData("Observation", "", "-date", 20)]
    [InlineData("Task", "", "-authored-on", 20)]
    [InlineData("Provenance", "_count=3", "-recorded", 3)]
    [InlineData("Patient", "_sort=birthdate,-_id&_count=1000", "birthdate,-_id", 1000)]
    [InlineData("Patient", "_sort=birthdate&_sort=-birthdate,_id", "birthdate,_id", 20)]
    [InlineData("Task", "_sort=priority", "priority,-authored-on", 20)]
    [InlineData("Task", "_sort=-status,priority", "-status,priority,-authored-on", 20)]
    [InlineData("Task", "_sort=priority,authored-on", "priority,authored-on", 20)]
    [InlineData("Patient", "_sort=name", "name", 20)]
    [InlineData("Device", "_count=99999999999999999999", "-_id", SearchOptions.MaximumCount)]
    [InlineData("Observation", "_count=1000", "-date", SearchOptions.MaximumSampledCount)]
    [InlineData("Observation", "_count=1000&_summary=true", "-date", SearchOptions.MaximumCount)]
    [InlineData("Observation", "_count=1000&_elements=code", "-date", SearchOptions.MaximumCount)]
    [InlineData("Observation", "_count=1000&_elements=component", "-date", SearchOptions.MaximumSampledCount)]
    [InlineData("DiagnosticReport", "_count=1000&_include=DiagnosticReport:result", "-date", SearchOptions.MaximumSampledCount)]
    [InlineData("DiagnosticReport", "_count=1000&_revinclude=Provenance:target", "-date", SearchOptions.MaximumCount)]
    public void Order_and_number_are_what_is_asked_for_within_bounds(string type, string query, string sort, int count)
    {
        var request = Read(type, query);

        Assert.Equal(sort, string.Join(',', request.Query.Sort.Select(key => (key.Descending ? "-" : "") + key.Parameter.Name)));
        Assert.Equal(count, request.Query.Limit);
        Assert.EndsWith($"_sort={Uri.EscapeDataString(sort)}&_count={count}", SearchLinks.QueryString(request.Understood), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("_count=-1", "fhir-count-invalid")]
    [InlineData("_count=", "fhir-count-invalid")]
    [InlineData("_count=1.5", "fhir-count-invalid")]
    [InlineData("_count=1&_count=2", "fhir-count-invalid")]
    [InlineData("_sort=", "fhir-list-invalid")]
    [InlineData("_sort=date,", "fhir-list-invalid")]
    [InlineData("_total=some", "fhir-choice-invalid")]
    [InlineData("_summary=yes", "fhir-choice-invalid")]
    [InlineData("_summary=true&_summary=text", "fhir-choice-invalid")]
    [InlineData("_elements=", "fhir-list-invalid")]
    [InlineData("_pretty=1", "fhir-choice-invalid")]
    [InlineData("_cursor=nonsense", "fhir-cursor-invalid")]
    [InlineData("_cursor=", "fhir-cursor-invalid")]
    [InlineData("date=x&nonsense=1", "fhir-date-invalid")]
    public void What_cannot_be_read_is_refused_also_by_a_lenient_client(string query, string code)
    {
        Assert.Null(Reader("Observation").Read(Parse(query), strict: false, out var problems));
        Assert.Equal(code, Assert.Single(problems).Reason.Code);
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once()
    {
        Assert.Null(Reader("Observation").Read(Parse("date=x&status=&_count=a&patinet=1"), strict: true, out var problems));
        Assert.Equal(
            ["http.date", "http.status", "http._count", "http.patinet"], problems.Select(problem => problem.Expression));
    }

    [Theory]
    [InlineData("status=final&nonsense=1", "nonsense")]
    [InlineData("status=final&_sort=code,date", "_sort")]
    [InlineData("status=final&_include=Observation:nonsense", "_include")]
    [InlineData("status=final&_include=Task:focus", "_include")]
    [InlineData("status=final&_include=Observation:derived-from:Patient", "_include")]
    [InlineData("status=final&_revinclude=DiagnosticReport:encounter", "_revinclude")]
    [InlineData("status=final&_include:recurse=Observation:derived-from", "_include:recurse")]
    [InlineData("status=final&_elements=code,nonsense", "_elements")]
    [InlineData("status=final&_summary=true&_elements=code", "_elements")]
    [InlineData("status=final&_summary=text&_include=Observation:patient", "_include")]
    [InlineData("status=final&code:text=x", "code:text")]
    [InlineData("status=final&_contained=true", "_contained")]
    public void What_is_not_supported_is_named_and_left_out_of_the_links(string query, string name)
    {
        var request = Read("Observation", query);

        Assert.Equal([name], request.Ignored);
        Assert.False(request.IsWithheld);
        Assert.StartsWith("?status=final&", SearchLinks.QueryString(request.Understood), StringComparison.Ordinal);
        Assert.DoesNotContain("nonsense", SearchLinks.QueryString(request.Understood), StringComparison.Ordinal);
        Assert.Null(Reader("Observation").Read(Parse(query), strict: true, out var problems));
        Assert.Equal("fhir-parameter-unsupported", Assert.Single(problems).Reason.Code);
    }

    [Theory]
    [InlineData("patinet=1", true)]
    [InlineData("patinet=1&_count=5&_total=accurate", true)]
    [InlineData("patinet=1&patient=1", false)]
    [InlineData("_sort=nonsense", false)]
    [InlineData("", false)]
    public void A_search_of_which_no_criterion_is_left_shows_no_match(string query, bool withheld)
    {
        var request = Read("Observation", query);

        Assert.Equal(withheld, request.IsWithheld);
        if (withheld)
        {
            Assert.Equal((0, false, false), (request.Query.Limit, request.WantsTotal, request.IsCountOnly));
            Assert.EndsWith("&_count=0", SearchLinks.QueryString(request.Understood), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("_summary=count", true, true)]
    [InlineData("_count=0", true, true)]
    [InlineData("_total=accurate", true, false)]
    [InlineData("_total=estimate", true, false)]
    [InlineData("_total=none", false, false)]
    [InlineData("", false, false)]
    public void Matches_are_counted_only_when_asked_for(string query, bool counts, bool countsOnly)
    {
        var request = Read("Observation", query);
        Assert.Equal((counts, countsOnly), (request.WantsTotal, request.IsCountOnly));
    }

    [Theory]
    [InlineData("", nameof(ViewMode.Whole), true)]
    [InlineData("_summary=false&_elements=value", nameof(ViewMode.Elements), true)]
    [InlineData("_summary=true", nameof(ViewMode.Summary), false)]
    [InlineData("_summary=text", nameof(ViewMode.Text), false)]
    [InlineData("_summary=data", nameof(ViewMode.Data), false)]
    [InlineData("_elements=status,code", nameof(ViewMode.Elements), false)]
    [InlineData("_elements=value[x]", nameof(ViewMode.Elements), true)]
    [InlineData("_elements=valueSampledData", nameof(ViewMode.Elements), true)]
    [InlineData("_elements=code&_elements=component", nameof(ViewMode.Elements), true)]
    public void Samples_are_loaded_only_where_they_are_shown(string query, string mode, bool samples)
    {
        var request = Read("Observation", query);
        Assert.Equal((mode, samples), (request.View.Mode.ToString(), request.Query.WithSamples));
    }

    [Fact]
    public void A_place_counts_for_the_same_list_only_and_hides_what_it_is_sorted_by()
    {
        var first = Read("Patient", "name=a&_sort=birthdate&_count=2");
        var place = new SearchPlace(["1950-01-02"], "patient-1");
        var cursor = SearchCursor.Format(Seal, place, first.List);

        Assert.DoesNotContain("1950", cursor, StringComparison.Ordinal);
        var next = Read("Patient", $"name=a&_sort=birthdate&_count=7&_summary=true&_cursor={cursor}");
        Assert.Equal((place.Id, place.Keys[0]), (next.Query.After!.Id, next.Query.After.Keys[0]));
        Assert.Equal(7, next.Query.Limit);
        foreach (var other in new[] { "name=a", "name=b&_sort=birthdate", "name=a&_sort=-birthdate", "name=a&_sort=birthdate,_id", "_sort=birthdate" })
        {
            Assert.Null(Reader("Patient").Read(Parse($"{other}&_cursor={cursor}"), strict: false, out var problems));
            Assert.Equal("fhir-cursor-invalid", Assert.Single(problems).Reason.Code);
        }
    }

    [Fact]
    public void A_place_without_a_key_and_one_of_another_token_are_told_apart()
    {
        var list = Read("Patient", "_sort=birthdate").List;
        var cursor = SearchCursor.Format(Seal, new SearchPlace([null], "p"), list);

        Assert.Null(SearchCursor.Parse(Seal, cursor, list, 1)!.Keys[0]);
        Assert.Null(SearchCursor.Parse(SealOf("another token of 24 letters"), cursor, list, 1));
        Assert.Null(SearchCursor.Parse(Seal, cursor[..^4] + "AAAA", list, 1));
        Assert.Null(SearchCursor.Parse(Seal, "AAAA", list, 1));
        Assert.Null(SearchCursor.Parse(Seal, "あ", list, 1));
    }

    [Theory]
    [InlineData("Observation", "patient=1", "Patient/1")]
    [InlineData("Observation", "subject=Patient/1&patient=1", "Patient/1")]
    [InlineData("Observation", "patient=1,2", "Patient/1,Patient/2")]
    [InlineData("Observation", "patient.identifier=urn:mrn|0042", "urn:mrn|0042")]
    [InlineData("Observation", "patient:identifier=0042", "|0042")]
    [InlineData("Observation", "patient._id=7", "Patient/7")]
    [InlineData("Observation", "patient.name=x&code=y", null)]
    [InlineData("Observation", "patient:missing=true", null)]
    [InlineData("Patient", "_id=7", "Patient/7")]
    [InlineData("Patient", "identifier=urn:mrn|1", "urn:mrn|1")]
    [InlineData("Task", "status=requested", null)]
    public void The_audit_names_the_patients_that_the_search_names(string type, string query, string? patient) =>
        Assert.Equal(patient?.Split(',') ?? [], Read(type, query).Patients);

    [Fact]
    public void A_search_has_bounds()
    {
        var many = string.Join('&', Enumerable.Repeat("status=final", SearchRequestReader.MaximumParameters + 1));
        Assert.Null(Reader("Observation").Read(Parse(many), strict: false, out var problems));
        Assert.Equal("fhir-search-too-large", Assert.Single(problems).Reason.Code);
        Assert.Null(Reader("Observation").Read(Parse("_id=" + string.Join(',', Enumerable.Range(0, SearchRequestReader.MaximumValues + 1))), strict: false, out problems));
        Assert.Equal("fhir-search-too-large", Assert.Single(problems).Reason.Code);
    }

    private static SearchRequest Read(string type, string query)
    {
        var request = Reader(type).Read(Parse(query), strict: false, out var problems);
        Assert.Empty(problems);
        Assert.NotNull(request);
        return request;
    }

    private static SearchRequestReader Reader(string type) => new(type, new ServerBase(["http://ecg.example/fhir"]), Seal);

    private static CursorSeal SealOf(string? token) => new(Options.Create(new SecurityOptions { Token = token }));

    private static List<KeyValuePair<string, string>> Parse(string query) =>
        [.. QueryHelpers.ParseQuery(query).SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value ?? "")))];
}
