using System.Text;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Worker.Fhir;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace EcgIntegration.Fuzz.Targets;

/// <summary>Queries of a search: understood or refused; what was understood says the same when it is asked again by its own link.</summary>
internal sealed class SearchTarget() : FuzzTarget("search")
{
    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        Bytes("?patient=Patient/p1&_sort=-date&_count=20"),
        Bytes("?patient.identifier=urn:oid:1.2.392.100495.20.3.51.11311234567%7CCANARY-0023&_count=50&_cursor=" + SearchCursor.Format(new ResourceCursor(DateTimeOffset.UnixEpoch, "ecg-1"))),
        Bytes("?subject:Patient=p%2F1&_format=json"),
        Bytes("?subject.identifier=|1&patient=http://example.org/fhir/Patient/p1/_history/2"),
    ];

    public override string Run(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        var query = new QueryCollection(QueryHelpers.ParseQuery(text));
        var strict = SearchQuery.Parse("Observation", query, strict: true, out var strictProblem);
        Require(strict is null == strictProblem is not null, "Neither a search nor a problem, or both.");
        var search = SearchQuery.Parse("Observation", query, strict: false, out var problem);
        Require(search is null == problem is not null, "Neither a search nor a problem, or both.");
        if (search is null)
        {
            return problem!.Definition.Code;
        }

        var again = SearchQuery.Parse("Observation", new QueryCollection(QueryHelpers.ParseQuery(search.ToQueryString(search.Search.After))), strict: true, out _);
        Require(again?.Search == search.Search, "Its own link asks something else.");
        return search.Ignored ? "ignored" : search.Search.After is null ? "first" : "next";
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
