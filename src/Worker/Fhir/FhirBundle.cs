using System.Text.Json;

namespace EcgIntegration.Worker.Fhir;

/// <summary>Parts that all Bundles have.</summary>
internal static class FhirBundle
{
    /// <summary>One link.</summary>
    public static void WriteLink(Utf8JsonWriter writer, string relation, string url)
    {
        writer.WriteStartObject();
        writer.WriteString("relation", relation);
        writer.WriteString("url", url);
        writer.WriteEndObject();
    }

    /// <summary>A resource as the member <c>resource</c>, from its bytes.</summary>
    public static void WriteResource(Utf8JsonWriter writer, ReadOnlyMemory<byte> json)
    {
        writer.WritePropertyName("resource");
        writer.WriteRawValue(json.Span, skipInputValidation: true);
    }
}
