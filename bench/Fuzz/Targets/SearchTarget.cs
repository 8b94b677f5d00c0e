using System.Text;
using EcgIntegration.Persistence.Search;
using EcgIntegration.Worker.Fhir;
using EcgIntegration.Worker.Fhir.Search;
using EcgIntegration.Worker.FhirModel;
using EcgIntegration.Worker.Security;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Fuzz.Targets;

/// <summary>Queries of a search: understood or refused; what was understood says the same when it is asked again by its own link.</summary>
internal sealed class SearchTarget() : FuzzTarget("search")
{
    private const string Type = "Observation";
    private const string BaseUrl = "http://ecg.example/fhir";

    private static readonly CursorSeal Seal = new(Options.Create(new SecurityOptions()));

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        Bytes("?patient=Patient/p1&_sort=-date&_count=20"),
        Bytes("?patient.identifier=urn:oid:1.2.392.100495.20.3.51.11311234567%7CCANARY-0023&_count=50&_cursor=" + Cursor()),
        Bytes("?subject:Patient=p%2F1&_format=json"),
        Bytes("?subject.identifier=|1&patient=http://example.org/fhir/Patient/p1/_history/2"),
        Bytes(@"?code=urn:x|a\,b,|c&date=ge2026-04-01T09:30:00.5%2B09:00&date=lt2027-02&status:not=final&_sort=date,-_lastUpdated&_elements=code,value[x]"),
        Bytes("?subject:Patient.name:contains=%E5%B1%B1&device:missing=true&_include:iterate=Observation:derived-from&_revinclude=Provenance:target&_summary=true"),
    ];

    public override string Run(byte[] input)
    {
        var parameters = Parse(Encoding.UTF8.GetString(input));
        var strict = Reader().Read(parameters, strict: true, out var strictProblems);
        Require(strict is null == strictProblems.Count > 0, "Neither a search nor a problem, or both.");
        var search = Reader().Read(parameters, strict: false, out var problems);
        Require(search is null == problems.Count > 0, "Neither a search nor a problem, or both.");
        if (search is null)
        {
            return problems[0].Reason.Code;
        }

        Require(search.Ignored.Count == 0 == strict is not null, "What a strict client is refused is not what a lenient one is told.");
        var link = SearchLinks.QueryString(search.Understood, search.Cursor);
        var again = Reader().Read(Parse(link), strict: true, out _);
        Require(again is not null && link == SearchLinks.QueryString(again.Understood, again.Cursor), "Its own link asks something else.");
        Require(again!.List == search.List && again.Query.Limit == search.Query.Limit && again.Query.After?.Id == search.Query.After?.Id, "Its own link finds something else.");
        return search.IsWithheld ? "withheld" : search.Ignored.Count > 0 ? "ignored" : search.Query.After is null ? "first" : "next";
    }

    private static string Cursor()
    {
        var list = new SearchRequestReader(Type, new ServerBase([BaseUrl]), Seal)
            .Read(Parse("?patient.identifier=urn:oid:1.2.392.100495.20.3.51.11311234567%7CCANARY-0023"), strict: true, out _)!.List;
        return SearchCursor.Format(Seal, new SearchPlace(["1970-01-01T00:00:00.0000000+00:00"], "ecg-1"), list);
    }

    private static SearchRequestReader Reader() => new(Type, new ServerBase([BaseUrl]), Seal);

    private static List<KeyValuePair<string, string>> Parse(string query) =>
        [.. QueryHelpers.ParseQuery(query).SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value ?? "")))];

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
