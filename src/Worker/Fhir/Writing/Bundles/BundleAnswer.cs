using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace EcgIntegration.Worker.Fhir.Writing.Bundles;

/// <summary>The answer to a Bundle: one entry an entry, in their order.</summary>
internal static class BundleAnswer
{
    private const string Instant = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    /// <summary>Writes it.</summary>
    /// <param name="type">Type of the Bundle that was sent.</param>
    /// <param name="answers">The answers.</param>
    public static ReadOnlyMemory<byte> Write(string type, IEnumerable<EntryAnswer> answers) => FhirResult.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("resourceType", "Bundle");
        writer.WriteString("type", $"{type}-response");
        writer.WriteStartArray("entry");
        foreach (var answer in answers)
        {
            WriteEntry(writer, answer);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static void WriteEntry(Utf8JsonWriter writer, EntryAnswer answer)
    {
        writer.WriteStartObject();
        if (answer.Event is not null)
        {
            writer.WriteStartArray("link");
            writer.WriteStartObject();
            writer.WriteString("relation", "related");
            writer.WriteString("url", answer.Event);
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        if (!answer.Resource.IsEmpty)
        {
            writer.WritePropertyName("resource");
            writer.WriteRawValue(answer.Resource.Span, skipInputValidation: true);
        }

        writer.WriteStartObject("response");
        writer.WriteString(
            "status", string.Create(CultureInfo.InvariantCulture, $"{answer.Status} {ReasonPhrases.GetReasonPhrase(answer.Status)}").Trim());
        WriteUnlessNull(writer, "location", answer.Location);
        WriteUnlessNull(writer, "etag", answer.ETag);
        WriteUnlessNull(writer, "lastModified", answer.LastModified?.UtcDateTime.ToString(Instant, CultureInfo.InvariantCulture));
        if (!answer.Outcome.IsEmpty)
        {
            writer.WritePropertyName("outcome");
            writer.WriteRawValue(answer.Outcome.Span, skipInputValidation: true);
        }
        else if (answer.Problems.Count > 0)
        {
            writer.WritePropertyName("outcome");
            FhirResult.WriteOutcome(writer, answer.Problems, answer.Status < StatusCodes.Status400BadRequest ? "information" : "error");
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteUnlessNull(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
