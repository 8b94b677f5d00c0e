using System.Globalization;
using System.Text;

namespace EcgIntegration.Contracts;

/// <summary>Text that people type and others read: it shows what it is, in one line and in its own order.</summary>
public static class PlainText
{
    /// <summary>
    /// False where a text holds characters that steer a terminal, break a line, hide, or turn the order of what is shown, such
    /// as U+202E, or half a surrogate. The variation selectors of Japanese names are none of these.
    /// </summary>
    public static bool Is(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) != System.Buffers.OperationStatus.Done || Steers(rune))
            {
                return false;
            }

            rest = rest[length..];
        }

        return true;
    }

    /// <summary>The text with each such character as U+FFFD.</summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return string.Concat(text.EnumerateRunes().Select(rune => Steers(rune) ? Rune.ReplacementChar : rune));
    }

    private static bool Steers(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
