using System.Text;

namespace EcgIntegration.Training.Data.Hospital;

/// <summary>One form for characters that Japanese texts write in several: Latin half width, katakana full width, Roman numerals as letters.</summary>
/// <remarks>Unicode's NFKC would do it, but this program runs without the tables that .NET needs for that.</remarks>
internal static class CharacterWidth
{
    private const int FullWidthOffset = 0xFEE0;
    private const string HalfKatakana = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";
    private const string Voiceable = "カキクケコサシスセソタチツテトハヒフヘホ";
    private static readonly string[] Romans = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];

    /// <summary>Folds a text.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            switch (letter)
            {
                case >= '！' and <= '～':
                    folded.Append((char)(letter - FullWidthOffset));
                    break;
                case '\u3000':
                    folded.Append(' ');
                    break;
                case >= 'Ⅰ' and <= 'Ⅻ':
                    folded.Append(Romans[letter - 'Ⅰ']);
                    break;
                case '\uFF9E' when folded.Length > 0 && Voiceable.Contains(folded[^1], StringComparison.Ordinal):
                    folded[^1]++;
                    break;
                case '\uFF9F' when folded.Length > 0 && folded[^1] is >= 'ハ' and <= 'ホ':
                    folded[^1] += (char)2;
                    break;
                case >= '\uFF61' and <= '\uFF9D':
                    folded.Append(HalfKatakana[letter - '\uFF61']);
                    break;
                default:
                    folded.Append(letter);
                    break;
            }
        }

        return folded.ToString();
    }
}
