using System.Text.Json;
using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Worker.Fhir;

/// <summary>A page of a search as a searchset Bundle.</summary>
internal static class SearchBundle
{
    public static ReadOnlyMemory<byte> Write(string fhirBase, SearchQuery query, ResourcePage page) => FhirResult.Write(writer =>
    {
        var url = $"{fhirBase}/{query.Search.Type}";
        writer.WriteStartObject();
        writer.WriteString("resourceType", "Bundle");
        writer.WriteString("type", "searchset");
        writer.WriteStartArray("link");
        WriteLink(writer, "self", url + query.ToQueryString(query.Search.After));
        if (page.Next is not null)
        {
            WriteLink(writer, "next", url + query.ToQueryString(page.Next));
        }

        writer.WriteEndArray();
        if (page.Resources.Count > 0 || query.Ignored)
        {
            writer.WriteStartArray("entry");
            foreach (var resource in page.Resources)
            {
                WriteEntry(writer, $"{url}/{resource.Id}", "match", () => writer.WriteRawValue(resource.Json.Span, skipInputValidation: true));
            }

            if (query.Ignored)
            {
                WriteEntry(writer, null, "outcome", () =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("resourceType", "OperationOutcome");
                    FhirResult.WriteIssues(writer, FhirProblems.ParameterIgnored, "warning");
                    writer.WriteEndObject();
                });
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    });

    private static void WriteLink(Utf8JsonWriter writer, string relation, string url)
    {
        writer.WriteStartObject();
        writer.WriteString("relation", relation);
        writer.WriteString("url", url);
        writer.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter writer, string? fullUrl, string mode, Action writeResource)
    {
        writer.WriteStartObject();
        if (fullUrl is not null)
        {
            writer.WriteString("fullUrl", fullUrl);
        }

        writer.WritePropertyName("resource");
        writeResource();
        writer.WriteStartObject("search");
        writer.WriteString("mode", mode);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
