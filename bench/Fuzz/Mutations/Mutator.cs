using System.Text;

namespace EcgIntegration.Fuzz.Mutations;

/// <summary>
/// Changes an input: bytes, and where it is JSON its values and members too, so that damage reaches behind the parser.
/// The same changes to the same input give the same result.
/// </summary>
internal static class Mutator
{
    /// <summary>Number of kinds of change.</summary>
    public const int Kinds = 18;

    /// <summary>No input grows past this by repetition.</summary>
    private const int Longest = 1 << 20;

    /// <summary>Applies changes in turn.</summary>
    /// <param name="seed">The input; left as it is.</param>
    /// <param name="other">Another input, to take pieces from.</param>
    /// <param name="mutations">The changes.</param>
    public static byte[] Apply(byte[] seed, byte[] other, ReadOnlySpan<Mutation> mutations)
    {
        var text = seed;
        foreach (var mutation in mutations)
        {
            text = Apply(text, other, mutation);
        }

        return text;
    }

    private static byte[] Apply(byte[] text, byte[] other, Mutation mutation)
    {
        var kind = mutation.Kind % Kinds;
        if (kind >= 9 && JsonElements.Find(text) is { Count: > 0 } elements)
        {
            return ApplyToElement(text, elements, kind, mutation);
        }

        var at = Mutation.Scale(mutation.Where, text.Length + 1);
        var length = Math.Min((int)(mutation.What % 64), text.Length - at);
        return (kind % 9) switch
        {
            0 when at < text.Length => Replace(text, at, at + 1, [(byte)mutation.What]),
            1 when at < text.Length => Replace(text, at, at + 1, [(byte)(text[at] ^ (1 << (int)(mutation.What % 8)))]),
            2 => Replace(text, at, at + length, []),
            3 => Replace(text, at, at, Pick(Pieces.Fragments, mutation.What)),
            4 => Replace(text, at, at, text.AsSpan(Math.Max(0, at - length), Math.Min(length, at))),
            5 when NextDigit(text, at) is var digit and >= 0 =>
                Replace(text, digit, digit + 1, [(byte)"0123456789EUL.-x"[(int)(mutation.What % 16)]]),
            6 => text[..at],
            7 when other.Length > 0 => Replace(text, at, at + length, Slice(other, mutation.What)),
            8 => Replace(text, at, at + length, Pick(Pieces.Values, mutation.What)),
            _ => text,
        };
    }

    private static byte[] ApplyToElement(byte[] text, List<JsonElementPlace> elements, int kind, Mutation mutation)
    {
        var place = elements[Mutation.Scale(mutation.Where, elements.Count)];
        var value = text.AsSpan(place.Start, place.End - place.Start);
        var member = place.NameStart >= 0 ? text.AsSpan(place.NameStart, place.End - place.NameStart) : value;
        switch (kind)
        {
            case 9 or 10:
                return Replace(text, place.Start, place.End, Pick(Pieces.Values, mutation.What));
            case 11:
                // With the comma before it, so that the rest stays JSON.
                var begin = Math.Max(place.NameStart, 0) > 0 ? place.NameStart : place.Start;
                var comma = begin > 0 && text[begin - 1] == ',';
                return Replace(text, comma ? begin - 1 : begin, place.End, []);
            case 12:
                return Replace(text, place.End, place.End, [(byte)',', .. member]);
            case 13 when place.NameStart >= 0:
                return Replace(text, place.NameStart, place.Start, [(byte)'"', .. Pick(Pieces.Names, mutation.What), (byte)'"', (byte)':']);
            case 14:
                var source = elements[(int)(mutation.What % elements.Count)];
                return Replace(text, place.Start, place.End, text.AsSpan(source.Start, source.End - source.Start));
            case 15:
                var depth = (int)(mutation.What % 4 == 0 ? mutation.What % 3_000 : mutation.What % 8);
                var array = mutation.What % 2 == 0;
                return Replace(text, place.Start, place.End, Nest(value, depth, array));
            case 16:
                return Replace(text, place.Start, place.End, Repeat(value, (int)(mutation.What % 4 == 0 ? mutation.What % 5_000 : mutation.What % 40)));
            case 17 when value is [(byte)'"', var first, .., (byte)'"'] && first is >= 0x20 and < 0x7F and not (byte)'\\' and not (byte)'"':
                return Replace(text, place.Start + 1, place.Start + 2, Encoding.ASCII.GetBytes($"\\u{(mutation.What % 2 == 0 ? first : mutation.What % 0x10000):x4}"));
            default:
                return text;
        }
    }

    private static byte[] Nest(ReadOnlySpan<byte> value, int depth, bool array)
    {
        var (open, close) = array ? ("[", "]") : ("{\"a\":", "}");
        return
        [
            .. Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(open, depth))), .. value,
            .. Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(close, depth))),
        ];
    }

    /// <summary>A text gets longer, anything else becomes an array of itself.</summary>
    private static byte[] Repeat(ReadOnlySpan<byte> value, int times)
    {
        var isText = value is [(byte)'"', .., (byte)'"'];
        var unit = isText ? value[1..^1] : value;
        times = Math.Min(times, Longest / (unit.Length + 1));
        var result = new List<byte>((unit.Length + 1) * (times + 1)) { isText ? (byte)'"' : (byte)'[' };
        for (var i = 0; i < times; i++)
        {
            if (i > 0)
            {
                result.Add(isText ? (byte)' ' : (byte)',');
            }

            result.AddRange(unit);
        }

        result.Add(isText ? (byte)'"' : (byte)']');
        return [.. result];
    }

    private static int NextDigit(byte[] text, int from)
    {
        var found = text.AsSpan(from).IndexOfAnyInRange((byte)'0', (byte)'9');
        return found < 0 ? -1 : from + found;
    }

    private static ReadOnlySpan<byte> Slice(byte[] other, uint what)
    {
        var at = Mutation.Scale(what, other.Length);
        return other.AsSpan(at, Math.Min((int)(what % 97), other.Length - at));
    }

    private static byte[] Pick(byte[][] pieces, uint what) => pieces[what % pieces.Length];

    private static byte[] Replace(byte[] text, int start, int end, ReadOnlySpan<byte> replacement)
    {
        var result = new byte[text.Length - (end - start) + replacement.Length];
        text.AsSpan(0, start).CopyTo(result);
        replacement.CopyTo(result.AsSpan(start));
        text.AsSpan(end).CopyTo(result.AsSpan(start + replacement.Length));
        return result;
    }
}
