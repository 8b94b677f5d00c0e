using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EcgIntegration.Persistence.Waveforms;

/// <summary>
/// Copies JSON token by token, every scalar byte for byte, and lets a derived class leave out, replace and add tokens by their
/// place. One use; owned by one caller.
/// </summary>
internal abstract class JsonCopier : IDisposable
{
    /// <summary>FHIR nests an extension or two; no real resource comes near this.</summary>
    public const int MaximumDepth = 128;

    private static readonly JsonWriterOptions WriterOptions = new()
    {
        // Content stays in the database and in JSON answers, never in HTML: Japanese need not be escaped.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = MaximumDepth,
        SkipValidation = true,
    };

    private readonly ReadOnlyMemory<byte> _source;

    protected JsonCopier(ReadOnlyMemory<byte> source, IBufferWriter<byte> target)
    {
        _source = source;
        Writer = new Utf8JsonWriter(target, WriterOptions);
    }

    protected Utf8JsonWriter Writer { get; }

    protected JsonPlace Place { get; } = new();

    public void Dispose()
    {
        Writer.Dispose();
        Place.Dispose();
        GC.SuppressFinalize(this);
    }

    protected Utf8JsonReader NewReader() => new(_source.Span, new JsonReaderOptions { MaxDepth = MaximumDepth });

    /// <summary>Copies the value the reader stands on; on return it stands on the value's last token.</summary>
    protected void CopyValue(ref Utf8JsonReader reader)
    {
        Place.Value();
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                Place.Enter(JsonTokenType.StartObject);
                Writer.WriteStartObject();
                CopyMembers(ref reader);
                OnEndOfObject();
                Writer.WriteEndObject();
                Place.Leave();
                break;
            case JsonTokenType.StartArray:
                Place.Enter(JsonTokenType.StartArray);
                Writer.WriteStartArray();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    CopyValue(ref reader);
                }

                Writer.WriteEndArray();
                Place.Leave();
                break;
            case JsonTokenType.Number:
                OnNumber(reader.ValueSpan);
                break;
            case JsonTokenType.String:
                CheckString(ref reader);
                OnText(ref reader, _source.Span.Slice((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2));
                break;
            default:
                WriteRaw(reader.ValueSpan);
                break;
        }
    }

    /// <summary>Copies the members of the object the reader is in, up to its end.</summary>
    protected void CopyMembers(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            CopyMember(ref reader);
        }
    }

    /// <summary>Whether the member at <see cref="Place"/>, on whose value the reader stands, is left out.</summary>
    protected virtual bool LeavesOut(ref Utf8JsonReader reader) => false;

    protected virtual void OnNumber(ReadOnlySpan<byte> number) => WriteRaw(number);

    /// <param name="reader">Stands on the text.</param>
    /// <param name="text">The text as it is written, quotation marks included.</param>
    protected virtual void OnText(ref Utf8JsonReader reader, ReadOnlySpan<byte> text) => WriteRaw(text);

    /// <summary>Called before an object is closed; members may be added.</summary>
    protected virtual void OnEndOfObject()
    {
    }

    /// <summary>Called for every text and name.</summary>
    protected virtual void CheckString(ref Utf8JsonReader reader)
    {
    }

    protected void WriteRaw(ReadOnlySpan<byte> token) => Writer.WriteRawValue(token, skipInputValidation: true);

    private void CopyMember(ref Utf8JsonReader reader)
    {
        CheckString(ref reader);
        byte[]? rented = null;
        try
        {
            var name = reader.ValueSpan;
            if (reader.ValueIsEscaped)
            {
                rented = ArrayPool<byte>.Shared.Rent(name.Length);
                name = rented.AsSpan(0, reader.CopyString(rented));
            }

            Place.Name(name);
            reader.Read();
            if (LeavesOut(ref reader))
            {
                reader.Skip();
                return;
            }

            Writer.WritePropertyName(name);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }

        CopyValue(ref reader);
    }
}
