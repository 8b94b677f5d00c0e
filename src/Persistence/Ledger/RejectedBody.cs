using System.Security.Cryptography;
using EcgIntegration.Persistence.Waveforms;

namespace EcgIntegration.Persistence.Ledger;

/// <summary>What is kept of a rejected body.</summary>
/// <param name="Sha256">Hash of the whole.</param>
/// <param name="Length">Length of the whole, in bytes.</param>
/// <param name="Compressed">The whole, Brotli; <see langword="null"/> where it is longer than is kept.</param>
internal sealed record RejectedBody(byte[] Sha256, int Length, byte[]? Compressed)
{
    public static RejectedBody From(ReadOnlySpan<byte> body, int limit)
    {
        using var compressed = body.Length <= limit ? TokenCompression.Compress(body) : null;
        return new RejectedBody(SHA256.HashData(body), body.Length, compressed?.Written.ToArray());
    }
}
