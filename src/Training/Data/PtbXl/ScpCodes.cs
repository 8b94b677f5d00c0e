using System.Globalization;

namespace EcgIntegration.Training.Data.PtbXl;

/// <summary>Reads PTB-XL's <c>scp_codes</c> column, a Python dictionary such as <c>{'NORM': 100.0, 'SR': 0.0}</c>.</summary>
internal static class ScpCodes
{
    /// <summary>The statements with their likelihood in percent; 0 also where the annotator gave none.</summary>
    /// <exception cref="FormatException">Not such a dictionary.</exception>
    public static IReadOnlyDictionary<string, double> Parse(string text)
    {
        var statements = new Dictionary<string, double>(StringComparer.Ordinal);
        var body = text.Trim();
        if (body is not ['{', .., '}'])
        {
            throw new FormatException("Expected {'CODE': likelihood, …}.");
        }

        foreach (var entry in body[1..^1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = entry.LastIndexOf(':');
            if (colon < 0 || entry[..colon].Trim() is not ['\'' or '"', .. var code, '\'' or '"']
                || !double.TryParse(entry.AsSpan(colon + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var likelihood)
                || !statements.TryAdd(code, likelihood))
            {
                throw new FormatException("Expected {'CODE': likelihood, …} with each code once.");
            }
        }

        return statements;
    }
}
