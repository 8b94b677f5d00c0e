using System.IO.Compression;

namespace EcgIntegration.Persistence.Waveforms;

/// <summary>
/// Brotli, from the base class library: what the differences of <see cref="IntegerSamples"/> win (docs/adr/0006), the choice of
/// compressor cannot, so there is no dependency for it.
/// </summary>
internal static class TokenCompression
{
    private const int Quality = 4;
    private const int WindowBits = 18;

    /// <summary>Compresses into a buffer the caller owns.</summary>
    public static PooledBuffer Compress(ReadOnlySpan<byte> source)
    {
        var room = BrotliEncoder.GetMaxCompressedLength(source.Length);
        var target = new PooledBuffer(room);
        if (!BrotliEncoder.TryCompress(source, target.GetSpan(room), out var written, Quality, WindowBits))
        {
            target.Dispose();
            throw new InvalidOperationException("The compressor refused a buffer of the size it asked for.");
        }

        target.Advance(written);
        return target;
    }

    /// <summary>Decompresses into a buffer the caller owns.</summary>
    /// <exception cref="InvalidDataException">The data is damaged.</exception>
    public static PooledBuffer Decompress(ReadOnlySpan<byte> source, int length)
    {
        var target = new PooledBuffer(length);
        if (!BrotliDecoder.TryDecompress(source, target.GetSpan(Math.Max(length, 1)), out var written) || written != length)
        {
            target.Dispose();
            throw new InvalidDataException("A stored waveform is damaged: it does not decompress to its length.");
        }

        target.Advance(written);
        return target;
    }
}
