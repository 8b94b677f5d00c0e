using System.Buffers;
using System.Buffers.Text;

namespace EcgIntegration.Persistence.Waveforms;

/// <summary>
/// Sample text made only of plain integers with one space between, as differences: on real ECGs that nearly halves what a
/// general compressor leaves (docs/adr/0006). Any other text, be it <c>+1</c>, <c>007</c>, <c>E</c> or two spaces, is
/// not encoded here, because it would not come back digit for digit.
/// </summary>
internal static class IntegerSamples
{
    private const int MaximumDigits = 9;
    private const int MaximumText = MaximumDigits + 2;

    /// <summary>Encodes the text, or leaves <paramref name="target"/> as it was where the text is not of this form.</summary>
    public static bool TryEncode(ReadOnlySpan<byte> text, PooledBuffer target)
    {
        var start = target.Written.Length;
        var previous = 0L;
        while (TryReadInteger(ref text, out var value))
        {
            VarInt.WriteSigned(target, value - previous);
            previous = value;
            if (text.IsEmpty)
            {
                return true;
            }

            if (text[0] != ' ')
            {
                break;
            }

            text = text[1..];
        }

        target.Truncate(start);
        return false;
    }

    /// <summary>Writes the text back.</summary>
    public static void Decode(ReadOnlySpan<byte> source, IBufferWriter<byte> target)
    {
        var value = 0L;
        var first = true;
        while (!source.IsEmpty)
        {
            value += VarInt.ReadSigned(ref source);
            var span = target.GetSpan(MaximumText + 1);
            var length = 0;
            if (!first)
            {
                span[length++] = (byte)' ';
            }

            Utf8Formatter.TryFormat(value, span[length..], out var written);
            target.Advance(length + written);
            first = false;
        }
    }

    private static bool TryReadInteger(ref ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        var negative = !text.IsEmpty && text[0] == '-';
        var digits = negative ? text[1..] : text;
        var count = 0;
        while (count < digits.Length && count <= MaximumDigits && char.IsAsciiDigit((char)digits[count]))
        {
            value = (value * 10) + (digits[count++] - '0');
        }

        // "-0" and "007" are other ways to write a number: they would come back as "0" and "7".
        if (count is 0 or > MaximumDigits || (digits[0] == '0' && (count > 1 || negative)))
        {
            return false;
        }

        text = digits[count..];
        value = negative ? -value : value;
        return true;
    }
}
