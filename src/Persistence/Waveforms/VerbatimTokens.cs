using System.Diagnostics.CodeAnalysis;

namespace EcgIntegration.Persistence.Waveforms;

/// <summary>
/// Tokens that jsonb does not hold or would rewrite, exactly as they came, by place: sample texts, and numbers with an
/// exponent or a negative zero.
/// </summary>
/// <remarks>Layout, repeated to the end: kind, length of the place, place, length of the payload, payload.</remarks>
internal static class VerbatimTokens
{
    /// <summary>The inside of a JSON string, escapes included.</summary>
    public const byte Text = 0;

    /// <summary>Sample text in the form of <see cref="IntegerSamples"/>.</summary>
    public const byte Integers = 1;

    /// <summary>A JSON number.</summary>
    public const byte Number = 2;

    public static void Write(PooledBuffer target, byte kind, ReadOnlySpan<byte> place, ReadOnlySpan<byte> payload)
    {
        target.GetSpan(1)[0] = kind;
        target.Advance(1);
        WriteBlock(target, place);
        WriteBlock(target, payload);
    }

    public static Dictionary<byte[], Token> Read(ReadOnlyMemory<byte> tokens)
    {
        var result = new Dictionary<byte[], Token>(BytesComparer.Instance);
        var rest = tokens.Span;
        while (!rest.IsEmpty)
        {
            var kind = rest[0];
            rest = rest[1..];
            var place = ReadBlock(ref rest);
            var payload = ReadBlock(ref rest);
            if (!result.TryAdd(place.ToArray(), new Token(kind, tokens.Slice(tokens.Length - rest.Length - payload.Length, payload.Length))))
            {
                throw new InvalidDataException("A stored waveform is damaged: it names a place twice.");
            }
        }

        return result;
    }

    private static void WriteBlock(PooledBuffer target, ReadOnlySpan<byte> block)
    {
        VarInt.Write(target, (ulong)block.Length);
        block.CopyTo(target.GetSpan(block.Length));
        target.Advance(block.Length);
    }

    private static ReadOnlySpan<byte> ReadBlock(ref ReadOnlySpan<byte> rest)
    {
        var length = VarInt.Read(ref rest);
        if (length > (ulong)rest.Length)
        {
            throw new InvalidDataException("A stored waveform is damaged: it ends too early.");
        }

        var block = rest[..(int)length];
        rest = rest[(int)length..];
        return block;
    }

    /// <summary>One token; its payload points into the tokens read.</summary>
    public readonly record struct Token(byte Kind, ReadOnlyMemory<byte> Payload);

    /// <summary>Lets a place be looked up without copying it.</summary>
    public sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static BytesComparer Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
