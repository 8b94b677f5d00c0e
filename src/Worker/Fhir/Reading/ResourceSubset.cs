using System.Buffers;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Worker.Terminology;

namespace EcgIntegration.Worker.Fhir.Reading;

/// <summary>
/// Leaves elements out of a resource, JSON to JSON: what is kept is copied byte for byte, so that every number keeps its
/// digits. The result says of itself that it is not whole (<c>SUBSETTED</c>).
/// </summary>
internal ref struct ResourceSubset
{
    private const int LongestName = 128;
    private const int MaximumDepth = 128;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = ContractJson.Compact.Encoder, SkipValidation = true };

    private readonly ReadOnlySpan<byte> _json;
    private readonly ResourceView _view;
    private readonly Utf8JsonWriter _writer;
    private Utf8JsonReader _reader;

    private ResourceSubset(ReadOnlySpan<byte> json, ResourceView view, Utf8JsonWriter writer)
    {
        _json = json;
        _view = view;
        _writer = writer;
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaximumDepth });
    }

    /// <summary>Writes the part of a resource that a view shows.</summary>
    public static ReadOnlyMemory<byte> Write(string type, ReadOnlyMemory<byte> json, ResourceView view)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Max(Math.Min(json.Length, 64 * 1024), 256));
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            var subset = new ResourceSubset(json.Span, view, writer);
            subset._reader.Read();
            subset.CopyRoot(ElementModel.Of(type));
        }

        return buffer.WrittenMemory;
    }

    private void CopyRoot(ElementModel model)
    {
        Span<char> buffer = stackalloc char[LongestName];
        var hasMeta = false;
        _writer.WriteStartObject();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            var name = Name(buffer);
            var element = model.Find(name);
            if (name is "meta")
            {
                hasMeta = true;
                CopyMeta();
            }
            else if (name is "resourceType" or "id" || Keeps(element))
            {
                Copy(name, _view.Mode == ViewMode.Summary ? element?.Type : null);
            }
            else
            {
                _reader.Skip();
            }
        }

        if (!hasMeta)
        {
            _writer.WriteStartObject("meta");
            WriteTags(default);
            _writer.WriteEndObject();
        }

        _writer.WriteEndObject();
    }

    private readonly bool Keeps(Element? element) => _view.Mode switch
    {
        ViewMode.Summary => element is { InSummary: true },
        ViewMode.Text => element is { IsNeeded: true } or { BaseName: "text" },
        ViewMode.Data => element is not { BaseName: "text" },
        _ => element is not null && (element.IsNeeded || _view.Elements.Contains(element.BaseName)),
    };

    /// <summary>Copies the value after the name the reader stands on: whole, or, where a type is given, its summary.</summary>
    private void Copy(scoped ReadOnlySpan<char> name, string? summaryOf)
    {
        _writer.WritePropertyName(name);
        _reader.Read();
        CopyValue(summaryOf is null ? null : ElementModel.Of(summaryOf));
    }

    private void CopyValue(ElementModel? model)
    {
        if (model is not null && _reader.TokenType == JsonTokenType.StartArray)
        {
            _writer.WriteStartArray();
            while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
            {
                CopyValue(model);
            }

            _writer.WriteEndArray();
        }
        else if (model is not null && _reader.TokenType == JsonTokenType.StartObject)
        {
            CopyObject(model);
        }
        else
        {
            CopyRaw();
        }
    }

    private void CopyObject(ElementModel model)
    {
        Span<char> buffer = stackalloc char[LongestName];
        _writer.WriteStartObject();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            var name = Name(buffer);
            if (model.Find(name) is { InSummary: true } element)
            {
                Copy(name, element.Type);
            }
            else
            {
                _reader.Skip();
            }
        }

        _writer.WriteEndObject();
    }

    private void CopyMeta()
    {
        Span<char> buffer = stackalloc char[LongestName];
        _reader.Read();
        _writer.WriteStartObject("meta");
        var tags = default(ReadOnlySpan<byte>);
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            var name = Name(buffer);
            if (name is "tag")
            {
                _reader.Read();
                tags = RawValue();
                continue;
            }

            _writer.WritePropertyName(name);
            _reader.Read();
            CopyRaw();
        }

        WriteTags(tags);
        _writer.WriteEndObject();
    }

    private readonly void WriteTags(ReadOnlySpan<byte> tags)
    {
        _writer.WriteStartArray("tag");
        if (!tags.IsEmpty)
        {
            var reader = new Utf8JsonReader(tags);
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                _writer.WriteRawValue(tags[start..(int)reader.BytesConsumed], skipInputValidation: true);
            }
        }

        _writer.WriteStartObject();
        _writer.WriteString("system", FhirUris.ObservationValue);
        _writer.WriteString("code", "SUBSETTED");
        _writer.WriteEndObject();
        _writer.WriteEndArray();
    }

    /// <summary>The name the reader stands on. One too long to be FHIR's is cut, and so is nobody's.</summary>
    private readonly ReadOnlySpan<char> Name(Span<char> buffer) =>
        _reader.ValueSpan.Length <= buffer.Length ? buffer[.._reader.CopyString(buffer)] : _reader.GetString();

    private void CopyRaw() => _writer.WriteRawValue(RawValue(), skipInputValidation: true);

    /// <summary>The value the reader stands on, as it is written; the reader moves to its end.</summary>
    private ReadOnlySpan<byte> RawValue()
    {
        var start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        return _json[start..(int)_reader.BytesConsumed];
    }
}
