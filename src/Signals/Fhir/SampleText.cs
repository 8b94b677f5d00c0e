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

            var start = position;
            while (position < text.Length && !IsSpace(text[position]))
            {
                position++;
            }

            var token = text[start..position];
            if (TryParseNumber(token, out var datum))
            {
                var value = (origin + (factor * datum)) * scale;
                if (!(Math.Abs(value) <= AbsurdMillivolts))
                {
                    return i + 1;
                }

                // Adding zero turns -0 into 0: equal signals have equal bits.
                millivolts[i] = (float)value + 0f;
            }
            else if (token is [var letter] && letter is (byte)'E' or (byte)'L' or (byte)'U')
            {
                millivolts[i] = letter switch
                {
                    (byte)'E' => float.NaN,
                    (byte)'L' => float.NegativeInfinity,
                    _ => float.PositiveInfinity,
                };
            }
            else
            {
                return i + 1;
            }
        }

        return 0;
    }

    private static bool IsSpace(byte b) => b is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r';

    private static bool TryParseNumber(ReadOnlySpan<byte> token, out double value)
    {
        long mantissa = 0;
        var digits = 0;
        var decimals = 0;
        var i = 0;
        var negative = token[0] == '-';
        if (negative)
        {
            i++;
        }

        var whole = i;
        while (i < token.Length && IsDigit(token[i]) && digits < ExactDigits)
        {
            mantissa = (mantissa * 10) + (token[i++] - '0');
            digits++;
        }

        value = 0;
        if (i == whole)
        {
            return false;
        }

        if (i < token.Length - 1 && token[i] == '.' && digits < ExactDigits)
        {
            i++;
            while (i < token.Length && IsDigit(token[i]) && digits < ExactDigits)
            {
                mantissa = (mantissa * 10) + (token[i++] - '0');
                digits++;
                decimals++;
            }
        }

        if (i < token.Length)
        {
            return TryParseLong(token, out value);
        }

        // Both are exact in a double, so one division rounds once: the nearest double.
        value = mantissa / PowersOfTen[decimals];
        value = negative ? -value : value;
        return true;
    }

    /// <summary>Many digits or an exponent: rare, so the framework's parser does it once the grammar is right.</summary>
    private static bool TryParseLong(ReadOnlySpan<byte> token, out double value)
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
