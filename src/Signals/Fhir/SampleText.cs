using System.Buffers.Text;

namespace EcgIntegration.Signals.Fhir;

/// <summary>The data string of a SampledData: decimals, E, L and U between white space.</summary>
internal static class SampleText
{
    private const int ExactDigits = 15;

    // Past this magnitude nothing is a voltage; the check also keeps the cast to float finite,
    // because infinity means "outside the recorder's limits".
    private const double AbsurdMillivolts = 1e6;

    private static readonly double[] PowersOfTen =
        [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>Number of tokens, counted no further than just past <paramref name="limit"/>.</summary>
    internal static int Count(ReadOnlySpan<byte> text, int limit)
    {
        if (IsPlain(text))
        {
            return text.Count((byte)' ') + 1;
        }

        var count = 0;
        var inToken = false;
        foreach (var b in text)
        {
            var space = IsSpace(b);
            if (!space && !inToken && ++count > limit)
            {
                break;
            }

            inToken = !space;
        }

        return count;
    }

    /// <summary>
    /// Writes (origin + factor x datum) x scale of each token, NaN for E, an infinity for L and U.
    /// The caller has counted the tokens.
    /// </summary>
    /// <returns>1-based number of the first token that is no sample, or 0.</returns>
    internal static int Decode(ReadOnlySpan<byte> text, double origin, double factor, double scale, Span<float> millivolts)
    {
        var position = 0;
        for (var i = 0; i < millivolts.Length; i++)
        {
            while (IsSpace(text[position]))
            {
                position++;
            }

            if (TryReadPlain(text, ref position, out var datum) || TryReadLong(text, ref position, out datum))
            {
                var value = (origin + (factor * datum)) * scale;
                if (!(Math.Abs(value) <= AbsurdMillivolts))
                {
                    return i + 1;
                }

                // Adding zero turns -0 into 0: equal signals have equal bits.
                millivolts[i] = (float)value + 0f;
            }
            else if (Letter(TokenAt(text, position)) is { } letter)
            {
                millivolts[i] = letter;
                position++;
            }
            else
            {
                return i + 1;
            }
        }

        return 0;
    }

    /// <summary>Whether tokens are parted as FHIR says, by single spaces: then counting spaces is enough.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> text) =>
        text is [not (byte)' ', .., not (byte)' '] && text.IndexOfAny("\n\t\r"u8) < 0 && text.IndexOf("  "u8) < 0;

    private static float? Letter(ReadOnlySpan<byte> token) => token switch
    {
        [(byte)'E'] => float.NaN,
        [(byte)'L'] => float.NegativeInfinity,
        [(byte)'U'] => float.PositiveInfinity,
        _ => null,
    };

    private static ReadOnlySpan<byte> TokenAt(ReadOnlySpan<byte> text, int position)
    {
        var end = position;
        while (end < text.Length && !IsSpace(text[end]))
        {
            end++;
        }

        return text[position..end];
    }

    private static bool IsEnd(ReadOnlySpan<byte> text, int position) => position == text.Length || IsSpace(text[position]);

    private static bool IsSpace(byte b) => b is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r';

    /// <summary>Reads a decimal of up to 15 digits; the position moves behind it, or not at all.</summary>
    private static bool TryReadPlain(ReadOnlySpan<byte> text, ref int position, out double value)
    {
        long mantissa = 0;
        var i = position;
        var negative = text[i] == '-';
        if (negative)
        {
            i++;
        }

        var first = i;
        for (; i < text.Length && IsDigit(text[i]) && i - first < ExactDigits; i++)
        {
            mantissa = (mantissa * 10) + (text[i] - '0');
        }

        var decimals = 0;
        if (i > first && i + 1 < text.Length && text[i] == '.' && IsDigit(text[i + 1]))
        {
            var point = i++;
            for (; i < text.Length && IsDigit(text[i]) && i - first <= ExactDigits; i++)
            {
                mantissa = (mantissa * 10) + (text[i] - '0');
            }

            decimals = i - point - 1;
        }

        // Both are exact in a double, so one division rounds once: the nearest double.
        value = decimals == 0 ? mantissa : mantissa / PowersOfTen[decimals];
        value = negative ? -value : value;
        if (i == first || !IsEnd(text, i))
        {
            return false;
        }

        position = i;
        return true;
    }

    /// <summary>Many digits or an exponent: rare, so the framework's parser does it once the grammar is right.</summary>
    private static bool TryReadLong(ReadOnlySpan<byte> text, ref int position, out double value)
    {
        var token = TokenAt(text, position);
        if (!TryParse(token, out value))
        {
            return false;
        }

        position += token.Length;
        return true;
    }

    private static bool TryParse(ReadOnlySpan<byte> token, out double value)
    {
        value = 0;
        var i = token[0] == '-' ? 1 : 0;
        if (!SkipDigits(token, ref i))
        {
            return false;
        }

        if (i < token.Length && token[i] == '.')
        {
            i++;
            if (!SkipDigits(token, ref i))
            {
                return false;
            }
        }

        if (i < token.Length && token[i] is (byte)'e' or (byte)'E')
        {
            i++;
            if (i < token.Length && token[i] is (byte)'+' or (byte)'-')
            {
                i++;
            }

            if (!SkipDigits(token, ref i))
            {
                return false;
            }
        }

        return i == token.Length
            && Utf8Parser.TryParse(token, out value, out var consumed)
            && consumed == token.Length
            && double.IsFinite(value);
    }

    private static bool SkipDigits(ReadOnlySpan<byte> token, ref int i)
    {
        var start = i;
        while (i < token.Length && IsDigit(token[i]))
        {
            i++;
        }

        return i > start;
    }

    private static bool IsDigit(byte b) => (uint)(b - '0') <= 9;
}
