using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;
using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Persistence.Waveforms;

/// <summary>
/// Takes a resource apart: content for jsonb, without <c>valueSampledData.data</c> and without the <c>id</c>,
/// <c>meta.versionId</c> and <c>meta.lastUpdated</c> that belong to the store, and the tokens jsonb would not keep as they are.
/// <see cref="ResourceRenderer"/> puts it together again, digit for digit.
/// </summary>
internal sealed class WaveformSplitter : JsonCopier
{
    private const int LongestNumber = 100;

    private readonly PooledBuffer _tokens;
    private readonly PooledBuffer _scratch = new(0);
    private readonly HashSet<byte[]> _places = new(VerbatimTokens.BytesComparer.Instance);

    private WaveformSplitter(ReadOnlyMemory<byte> resource, PooledBuffer content, PooledBuffer tokens)
        : base(resource, content) => _tokens = tokens;

    /// <summary>Splits a resource.</summary>
    /// <param name="resource">One FHIR resource, UTF-8.</param>
    /// <returns>Content and tokens, owned by the caller.</returns>
    /// <exception cref="UnstorableContentException">The content is no JSON object, or one that PostgreSQL cannot hold.</exception>
    public static SplitResource Split(ReadOnlyMemory<byte> resource)
    {
        if (!Utf8.IsValid(resource.Span))
        {
            throw new UnstorableContentException(StorageReasons.InvalidText.At(null));
        }

        var content = new PooledBuffer(4096);
        var tokens = new PooledBuffer(Math.Min(resource.Length / 2, 1 << 20));
        try
        {
            using var splitter = new WaveformSplitter(resource, content, tokens);
            splitter.Run();
            return new SplitResource(content, tokens);
        }
        catch (JsonException)
        {
            // Its message quotes the input: it goes no further.
            content.Dispose();
            tokens.Dispose();
            throw NotAResource();
        }
        catch
        {
            content.Dispose();
            tokens.Dispose();
            throw;
        }
    }

    protected override bool LeavesOut(ref Utf8JsonReader reader)
    {
        var place = Place.Path;
        if (reader.TokenType == JsonTokenType.String && place.EndsWith("\u001fvalueSampledData\u001fdata"u8))
        {
            KeepSamples(reader.ValueSpan);
            return true;
        }

        return place.SequenceEqual("\u001fid"u8)
            || place.SequenceEqual("\u001fmeta\u001fversionId"u8)
            || place.SequenceEqual("\u001fmeta\u001flastUpdated"u8);
    }

    protected override void OnNumber(ReadOnlySpan<byte> number)
    {
        var mark = number.IndexOfAny((byte)'e', (byte)'E');
        if (number.Length > LongestNumber || (mark >= 0 && !IsSmallExponent(number[(mark + 1)..])))
        {
            throw new UnstorableContentException(StorageReasons.NumberTooLarge.At(null, LongestNumber));
        }

        // jsonb keeps the digits of 1.10, but not how 1e3 is written nor the sign of -0.
        if (mark >= 0 || (number[0] == '-' && !number.ContainsAnyInRange((byte)'1', (byte)'9')))
        {
            Keep(VerbatimTokens.Number, number);
        }

        WriteRaw(number);
    }

    protected override void CheckString(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return;
        }

        var rented = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            var text = rented.AsSpan(0, reader.CopyString(rented));
            if (text.Contains((byte)0))
            {
                throw new UnstorableContentException(StorageReasons.NullCharacter.At(null));
            }

            // Control characters in a name could make two places look alike.
            if (reader.TokenType == JsonTokenType.PropertyName && text.ContainsAnyInRange((byte)0, (byte)0x1F))
            {
                throw NotAResource();
            }
        }
        catch (InvalidOperationException)
        {
            throw new UnstorableContentException(StorageReasons.InvalidText.At(null));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static UnstorableContentException NotAResource() => new(StorageReasons.NotAResource.At(null, MaximumDepth));

    private static bool IsSmallExponent(ReadOnlySpan<byte> exponent)
    {
        var digits = exponent.TrimStart("+-"u8).TrimStart((byte)'0');
        return digits.Length <= 2 || digits.SequenceEqual("100"u8);
    }

    private void Run()
    {
        using (_scratch)
        {
            var reader = NewReader();
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw NotAResource();
            }

            CopyValue(ref reader);
            reader.Read();
            Writer.Flush();
        }
    }

    private void KeepSamples(ReadOnlySpan<byte> text)
    {
        _scratch.Truncate(0);
        var integers = IntegerSamples.TryEncode(text, _scratch);
        Keep(integers ? VerbatimTokens.Integers : VerbatimTokens.Text, integers ? _scratch.Written.Span : text);
    }

    private void Keep(byte kind, ReadOnlySpan<byte> payload)
    {
        if (!_places.Add(Place.Path.ToArray()))
        {
            throw NotAResource();
        }

        VerbatimTokens.Write(_tokens, kind, Place.Path, payload);
    }
}

/// <summary>A resource taken apart. The owner disposes of it once both parts are stored.</summary>
internal sealed class SplitResource(PooledBuffer content, PooledBuffer tokens) : IDisposable
{
    /// <summary>JSON for jsonb.</summary>
    public ReadOnlyMemory<byte> Content => content.Written;

    /// <summary>Tokens by place; empty where jsonb holds all there is.</summary>
    public ReadOnlyMemory<byte> Tokens => tokens.Written;

    /// <summary>SHA-256 of both parts: equal where a resource comes again unchanged but for what the store itself sets.</summary>
    /// <param name="tokensHash">See <see cref="TokensHash"/>.</param>
    public byte[] Hash(byte[] tokensHash)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(SHA256.HashData(Content.Span));
        hash.AppendData(tokensHash);
        return hash.GetHashAndReset();
    }

    /// <summary>SHA-256 of the tokens.</summary>
    public byte[] TokensHash() => SHA256.HashData(Tokens.Span);

    public void Dispose()
    {
        content.Dispose();
        tokens.Dispose();
    }
}
