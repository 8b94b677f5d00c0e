using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace EcgIntegration.Persistence.Waveforms;

/// <summary>
/// Puts a stored resource together: content, tokens in their places, and the id and version that the store keeps beside
/// them. <c>resourceType</c>, <c>id</c> and <c>meta</c> come first, as people and streaming parsers expect.
/// </summary>
internal sealed class ResourceRenderer : JsonCopier
{
    private readonly Dictionary<byte[], VerbatimTokens.Token>.AlternateLookup<ReadOnlySpan<byte>> _tokens;
    private readonly PooledBuffer _scratch = new(0);

    private ResourceRenderer(ReadOnlyMemory<byte> content, ReadOnlyMemory<byte> tokens, IBufferWriter<byte> target)
        : base(content, target) => _tokens = VerbatimTokens.Read(tokens).GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>Writes the whole resource as UTF-8.</summary>
    /// <param name="content">What <see cref="WaveformSplitter"/> gave, in any order of names.</param>
    /// <param name="tokens">The tokens it gave.</param>
    /// <param name="identity">What the store keeps beside the content.</param>
    /// <param name="target">Receives the resource.</param>
    public static void Render(ReadOnlyMemory<byte> content, ReadOnlyMemory<byte> tokens, ResourceIdentity identity, IBufferWriter<byte> target)
    {
        using var renderer = new ResourceRenderer(content, tokens, target);
        renderer.Run(identity);
    }

    protected override bool LeavesOut(ref Utf8JsonReader reader)
    {
        var place = Place.Path;
        return place.SequenceEqual("\u001fresourceType"u8) || place.SequenceEqual("\u001fmeta"u8);
    }

    protected override void OnNumber(ReadOnlySpan<byte> number) =>
        WriteRaw(_tokens.TryGetValue(Place.Path, out var token) ? token.Payload.Span : number);

    protected override void OnEndOfObject()
    {
        Place.Name("data"u8);
        if (!_tokens.TryGetValue(Place.Path, out var token) || token.Kind == VerbatimTokens.Number)
        {
            return;
        }

        _scratch.Truncate(0);
        _scratch.Write("\""u8);
        if (token.Kind == VerbatimTokens.Integers)
        {
            IntegerSamples.Decode(token.Payload.Span, _scratch);
        }
        else
        {
            _scratch.Write(token.Payload.Span);
        }

        _scratch.Write("\""u8);
        Writer.WritePropertyName("data"u8);
        WriteRaw(_scratch.Written.Span);
    }

    private void Run(ResourceIdentity identity)
    {
        using (_scratch)
        {
            var reader = NewReader();
            reader.Read();
            Place.Enter(JsonTokenType.StartObject);
            Writer.WriteStartObject();
            Writer.WriteString("resourceType"u8, identity.Type);
            Writer.WriteString("id"u8, identity.Id);
            WriteMeta(reader, identity);
            CopyMembers(ref reader);
            OnEndOfObject();
            Writer.WriteEndObject();
            Writer.Flush();
        }
    }

    /// <param name="ahead">A copy of the reader at the start of the document: it runs ahead to the stored <c>meta</c>.</param>
    /// <param name="identity">Version and time to write.</param>
    private void WriteMeta(Utf8JsonReader ahead, ResourceIdentity identity)
    {
        Place.Name("meta"u8);
        Place.Enter(JsonTokenType.StartObject);
        Writer.WriteStartObject("meta"u8);
        Writer.WriteString("versionId"u8, identity.Version.ToString(CultureInfo.InvariantCulture));
        Writer.WriteString("lastUpdated"u8, identity.LastUpdated.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
        while (ahead.Read() && ahead.TokenType != JsonTokenType.EndObject)
        {
            var isMeta = ahead.ValueTextEquals("meta"u8);
            ahead.Read();
            if (isMeta && ahead.TokenType == JsonTokenType.StartObject)
            {
                CopyMembers(ref ahead);
                break;
            }

            ahead.Skip();
        }

        Writer.WriteEndObject();
        Place.Leave();
    }
}

/// <summary>What the store keeps beside a resource's content.</summary>
/// <param name="Type">Resource type.</param>
/// <param name="Id">Logical id.</param>
/// <param name="Version">Version, from 1.</param>
/// <param name="LastUpdated">When this version was stored.</param>
internal readonly record struct ResourceIdentity(string Type, string Id, int Version, DateTimeOffset LastUpdated);
