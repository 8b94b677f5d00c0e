using System.Globalization;
using System.Text;

namespace EcgIntegration.Persistence.Search;

/// <summary>
/// Brings spellings of one name together: width (ﾔﾏﾀﾞ, ヤマダ), kana (やまだ), case and Latin accents, and blanks, which no two
/// systems set alike (山田　太郎, 山田太郎).
/// </summary>
internal static class TextFolding
{
    private const char FirstHiragana = '\u3041';
    private const char LastHiragana = '\u3096';
    private const int ToKatakana = 0x60;

    /// <summary>The folded form; empty for a text of blanks alone.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var c in text.Normalize(NormalizationForm.FormKC).ToLowerInvariant().Normalize(NormalizationForm.FormD))
        {
            if (!char.IsWhiteSpace(c) && !IsAccent(c))
            {
                folded.Append(c is >= FirstHiragana and <= LastHiragana or '\u309D' or '\u309E' ? (char)(c + ToKatakana) : c);
            }
        }

        return folded.ToString().Normalize(NormalizationForm.FormC);
    }

    /// <summary>Combining marks of Latin letters; those of kana make another sound and stay.</summary>
    private static bool IsAccent(char c) =>
        c is >= '\u0300' and <= '\u036F' && CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark;
}
