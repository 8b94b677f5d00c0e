using System.Text;

namespace EcgIntegration.Worker.Fhir.Search;

/// <summary>Escapes in search values: <c>\,</c> <c>\|</c> <c>\$</c> and <c>\\</c> stand for the character itself (R4 search, 3.1.1.5.7).</summary>
internal static class SearchText
{
    private const char Escape = '\\';
    private const string Escapable = ",|$\\";

    /// <summary>The parts between separators that are not escaped; their escapes stay.</summary>
    public static IReadOnlyList<string> Split(string text, char separator)
    {
        var parts = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == Escape)
            {
                i++;
            }
            else if (text[i] == separator)
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
        }

        parts.Add(text[start..]);
        return parts;
    }

    /// <summary>The text that is meant; false where a backslash escapes nothing, or where PostgreSQL could not hold it.</summary>
    public static bool TryUnescape(string text, out string plain)
    {
        plain = "";
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return false;
        }

        var buffer = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == Escape && (++i == text.Length || !Escapable.Contains(text[i], StringComparison.Ordinal)))
            {
                return false;
            }

            buffer.Append(text[i]);
        }

        plain = buffer.ToString();
        return true;
    }
}
