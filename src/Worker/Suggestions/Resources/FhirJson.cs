using System.Text.Encodings.Web;
using System.Text.Json;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;

namespace EcgIntegration.Worker.Suggestions.Resources;

/// <summary>Resources as UTF-8 JSON, Japanese unescaped.</summary>
internal static class FhirJson
{
    private static readonly JsonSerializerOptions Options =
        new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }.ForFhir(ModelInfo.ModelInspector);

    private static readonly FhirJsonDeserializer Lenient = new(new DeserializerSettings().UsingMode(DeserializationMode.Recoverable));

    /// <summary>Reads what is stored: this system's own, or what a client made of it.</summary>
    /// <exception cref="InvalidDataException">It is not FHIR; the message carries nothing of it.</exception>
    public static Resource Parse(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span);
        return Lenient.TryDeserializeResource(ref reader, out var resource, out _) || resource is not null
            ? resource!
            : throw new InvalidDataException("A stored resource cannot be read as FHIR.");
    }

    public static byte[] Serialize(Resource resource) => JsonSerializer.SerializeToUtf8Bytes(resource, Options);
}
