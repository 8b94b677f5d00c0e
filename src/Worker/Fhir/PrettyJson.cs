using System.Buffers;
using System.Text.Json;
using EcgIntegration.Contracts;

namespace EcgIntegration.Worker.Fhir;

/// <summary><c>_pretty=true</c>: the same JSON on lines, every number and text as it is written.</summary>
internal static class PrettyJson
{
    /// <summary>Name of the parameter.</summary>
    public const string Parameter = "_pretty";

    private const int MaximumDepth = 160;

    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = ContractJson.Compact.Encoder,
        Indented = true,
        MaxDepth = MaximumDepth,
        SkipValidation = true,
    };

    /// <summary>Indents where the client asks for it.</summary>
    public static ReadOnlyMemory<byte> IfAsked(bool isAsked, ReadOnlyMemory<byte> json) => isAsked ? Write(json.Span) : json;

    private static ReadOnlyMemory<byte> Write(ReadOnlySpan<byte> json)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Max(json.Length * 2, 256));
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaximumDepth });
            while (reader.Read())
            {
                WriteToken(writer, ref reader, json);
            }
        }

        return buffer.WrittenMemory;
    }

    private static void WriteToken(Utf8JsonWriter writer, ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                break;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                break;
            case JsonTokenType.PropertyName:
                writer.WritePropertyName(reader.GetString()!);
                break;
            default:
                writer.WriteRawValue(json[(int)reader.TokenStartIndex..(int)reader.BytesConsumed], skipInputValidation: true);
                break;
        }
    }
}
