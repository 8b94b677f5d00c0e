using System.Globalization;
using System.Text.Json;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Search;
using EcgIntegration.Worker.Fhir.Search;

namespace EcgIntegration.Worker.Fhir.Reading;

/// <summary>A page of versions as a history Bundle.</summary>
internal static class HistoryBundle
{
    /// <summary>Writes it.</summary>
    /// <param name="baseUrl">This server's base URL.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="page">The versions.</param>
    /// <param name="seal">Seals the place of the next page.</param>
    public static ReadOnlyMemory<byte> Write(string baseUrl, HistoryRequest request, HistoryPage page, CursorSeal seal) => FhirResult.Write(writer =>
    {
        var url = request.Query.Id is { } id ? $"{baseUrl}/{request.Query.Type}/{id}/_history" : $"{baseUrl}/{request.Query.Type}/_history";
        writer.WriteStartObject();
        writer.WriteString("resourceType", "Bundle");
        writer.WriteString("type", "history");
        writer.WriteStartArray("link");
        FhirBundle.WriteLink(writer, "self", url + SearchLinks.QueryString(request.Understood, request.Cursor));
        FhirBundle.WriteLink(writer, "first", url + SearchLinks.QueryString(request.Understood));
        if (page.Next is { } next)
        {
            FhirBundle.WriteLink(writer, "next", url + SearchLinks.QueryString(request.Understood, request.Format(seal, next)));
        }

        writer.WriteEndArray();
        if (page.Versions.Count > 0)
        {
            writer.WriteStartArray("entry");
            foreach (var version in page.Versions)
            {
                WriteEntry(writer, baseUrl, request.View, version);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    });

    private static void WriteEntry(Utf8JsonWriter writer, string baseUrl, ResourceView view, StoredResource version)
    {
        var place = $"{version.Type}/{version.Id}";
        writer.WriteStartObject();
        writer.WriteString("fullUrl", $"{baseUrl}/{place}");
        if (!version.Deleted)
        {
            FhirBundle.WriteResource(writer, view.Show(version.Type, version.Json));
        }

        // What the store keeps is the version, not the request: a first version is shown as created, a later one as updated.
        var (method, url, status) = version switch
        {
            { Deleted: true } => ("DELETE", place, "204"),
            { Version: 1 } => ("POST", version.Type, "201"),
            _ => ("PUT", place, "200"),
        };
        writer.WriteStartObject("request");
        writer.WriteString("method", method);
        writer.WriteString("url", url);
        writer.WriteEndObject();
        writer.WriteStartObject("response");
        writer.WriteString("status", status);
        writer.WriteString("etag", FhirResult.EntityTag(version.Version).ToString());
        writer.WriteString(
            "lastModified", version.LastUpdated.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
