using System.Text.Json;
using EcgIntegration.Persistence.Search;
using EcgIntegration.Persistence.Waveforms;

namespace EcgIntegration.Persistence.Resources;

/// <summary>
/// A resource made ready to be written, so that the transaction that writes it has nothing left to compute. Owns its buffers.
/// </summary>
internal sealed class PreparedResource : IDisposable
{
    private readonly SplitResource _split;
    private readonly PooledBuffer? _samples;

    private PreparedResource(string type, SplitResource split, IndexEntry fields)
    {
        Type = type;
        Fields = fields;
        _split = split;
        _samples = split.Tokens.IsEmpty ? null : TokenCompression.Compress(split.Tokens.Span);
        ContentHash = split.Hash();
    }

    public string Type { get; }

    public IndexEntry Fields { get; }

    /// <summary>See <see cref="SplitResource.Hash"/>.</summary>
    public byte[] ContentHash { get; }

    public ReadOnlyMemory<byte> Content => _split.Content;

    /// <summary>Compressed tokens, or <see langword="null"/> where there are none.</summary>
    public ReadOnlyMemory<byte>? Samples => _samples?.Written;

    /// <summary>Length of the tokens before compression.</summary>
    public int TokensLength => _split.Tokens.Length;

    /// <summary>Prepares a resource.</summary>
    /// <param name="type">The type it must be of.</param>
    /// <param name="json">The resource, UTF-8.</param>
    /// <exception cref="UnstorableContentException">It cannot be stored, or is of another type.</exception>
    public static PreparedResource From(string type, ReadOnlyMemory<byte> json)
    {
        var split = WaveformSplitter.Split(json);
        try
        {
            using var document = JsonDocument.Parse(split.Content, new JsonDocumentOptions { MaxDepth = JsonCopier.MaximumDepth });
            return document.RootElement.Text("resourceType") == type
                ? new PreparedResource(type, split, ResourceIndexer.Read(type, document.RootElement))
                : throw new UnstorableContentException(StorageReasons.NotAResource.At(null, JsonCopier.MaximumDepth));
        }
        catch
        {
            split.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _split.Dispose();
        _samples?.Dispose();
    }
}
