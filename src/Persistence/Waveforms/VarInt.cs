using System.Buffers;

namespace EcgIntegration.Persistence.Waveforms;

/// <summary>Numbers in 7-bit groups, the lowest first; signed ones zigzag, so that small ones of either sign stay short.</summary>
internal static class VarInt
{
    private const int MaximumLength = 10;

    public static void Write(IBufferWriter<byte> target, ulong value)
    {
        var span = target.GetSpan(MaximumLength);
        var length = 0;
        while (value >= 0x80)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[length++] = (byte)value;
        target.Advance(length);
    }

    public static void WriteSigned(IBufferWriter<byte> target, long value) => Write(target, (ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Reads one number and moves <paramref name="source"/> past it.</summary>
    /// <exception cref="InvalidDataException">The source ends within the number.</exception>
    public static ulong Read(ref ReadOnlySpan<byte> source)
    {
        ulong value = 0;
        for (var i = 0; i < source.Length && i < MaximumLength; i++)
        {
            value |= (ulong)(source[i] & 0x7F) << (7 * i);
            if (source[i] < 0x80)
            {
                source = source[(i + 1)..];
                return value;
            }
        }

        throw new InvalidDataException("A stored waveform is damaged: a number in it has no end.");
    }

    public static long ReadSigned(ref ReadOnlySpan<byte> source)
    {
        var value = Read(ref source);
        return (long)(value >> 1) ^ -(long)(value & 1);
    }
}
