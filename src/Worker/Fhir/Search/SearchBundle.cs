using System.Text.Json;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Search;

namespace EcgIntegration.Worker.Fhir.Search;

/// <summary>A page of a search as a searchset Bundle, from the bytes of the resources.</summary>
internal static class SearchBundle
{
    public static ReadOnlyMemory<byte> Write(string baseUrl, SearchRequest request, SearchResult result, CursorSeal seal) => FhirResult.Write(writer =>
    {
        var outcome = Outcome(request, result);
        writer.WriteStartObject();
        writer.WriteString("resourceType", "Bundle");
        writer.WriteString("type", "searchset");
        if (result.Total is { } total)
        {
            writer.WriteNumber("total", total);
        }

        WriteLinks(writer, baseUrl, request, result.Page.Next, seal);
        if (result.Page.Matches.Count + outcome.Count > 0)
        {
            writer.WriteStartArray("entry");
            WriteResources(writer, baseUrl, request, result.Page.Matches, "match");
            WriteResources(writer, baseUrl, request, result.Included.Resources, "include");
            if (outcome.Count > 0)
            {
                WriteOutcome(writer, outcome);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    });

    private static List<FhirProblem> Outcome(SearchRequest request, SearchResult result)
    {
        var problems = request.Ignored
            .Select(name => SearchProblems.ParameterIgnored.At(ParameterName.Expression(name), ParameterName.Shown(name)))
            .ToList();
        if (request.IsWithheld)
        {
            problems.Add(SearchProblems.NothingNarrows.At(HttpPlace.Url));
        }

        if (result.Included.IsCut)
        {
            problems.Add(SearchProblems.IncludesCut.At(HttpPlace.Of("_count"), IncludeLoader.MaximumIncluded));
        }

        return problems;
    }

    private static void WriteLinks(Utf8JsonWriter writer, string baseUrl, SearchRequest request, SearchPlace? next, CursorSeal seal)
    {
        var url = $"{baseUrl}/{request.Query.Type}";
        writer.WriteStartArray("link");
        FhirBundle.WriteLink(writer, "self", url + SearchLinks.QueryString(request.Understood, request.Cursor));
        FhirBundle.WriteLink(writer, "first", url + SearchLinks.QueryString(request.Understood));
        if (next is not null)
        {
            FhirBundle.WriteLink(writer, "next", url + SearchLinks.QueryString(request.Understood, SearchCursor.Format(seal, next, request.List)));
        }

        writer.WriteEndArray();
    }

    private static void WriteResources(
        Utf8JsonWriter writer, string baseUrl, SearchRequest request, IEnumerable<StoredResource> resources, string mode)
    {
        foreach (var resource in resources)
        {
            writer.WriteStartObject();
            writer.WriteString("fullUrl", $"{baseUrl}/{resource.Type}/{resource.Id}");
            FhirBundle.WriteResource(writer, request.View.Show(resource.Type, resource.Json));
            WriteMode(writer, mode);
            writer.WriteEndObject();
        }
    }

    private static void WriteOutcome(Utf8JsonWriter writer, List<FhirProblem> problems)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("resource");
        FhirResult.WriteOutcome(writer, problems, "warning");
        WriteMode(writer, "outcome");
        writer.WriteEndObject();
    }

    private static void WriteMode(Utf8JsonWriter writer, string mode)
    {
        writer.WriteStartObject("search");
        writer.WriteString("mode", mode);
        writer.WriteEndObject();
    }
}

/// <summary>What a search has found.</summary>
/// <param name="Page">The matches.</param>
/// <param name="Included">What is included beside them.</param>
/// <param name="Total">The number of matches, where it was asked for.</param>
internal sealed record SearchResult(SearchPage Page, Included Included, long? Total);
