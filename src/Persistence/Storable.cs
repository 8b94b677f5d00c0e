using System.Text;

namespace EcgIntegration.Persistence;

/// <summary>Makes texts from outside fit for a text column.</summary>
internal static class Storable
{
    /// <summary>The text without U+0000, with unpaired surrogates replaced, and cut to a length.</summary>
    public static string Text(string text, int longest)
    {
        var cut = text.Length <= longest ? text : text[..longest];
        return cut.Contains('\0', StringComparison.Ordinal) || cut.Any(char.IsSurrogate)
            ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(cut.Replace("\0", "", StringComparison.Ordinal)))
            : cut;
    }
}
