using System.Text.Json;

namespace EcgIntegration.Signals.Fhir;

internal static class JsonText
{
    /// <summary>Codes, units and system URIs are shorter; what is longer is none that is known.</summary>
    internal const int ShortLength = 128;

    /// <summary>Copies a short string value without making a string; nothing for a long one or another type.</summary>
    /// <returns>Number of bytes copied.</returns>
    internal static int CopyShort(ref Utf8JsonReader reader, scoped Span<byte> buffer)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.ValueSpan.Length > buffer.Length ? 0 : reader.CopyString(buffer);
        }

        reader.Skip();
        return 0;
    }
}
