using System.Text.Json;

namespace EcgIntegration.Persistence.Search;

/// <summary>What a HumanName is found by: each of its parts, its text from each word on, and family and given name in both orders.</summary>
internal static class HumanNames
{
    private static readonly string[] Parts = ["text", "family", "given", "prefix", "suffix"];

    /// <summary>The texts of a HumanName, or of a plain text.</summary>
    public static IEnumerable<(string Text, bool IsVerbatim)> Texts(JsonElement name)
    {
        if (name.Text() is { } plain)
        {
            return [(plain, true)];
        }

        var parts = Parts.SelectMany(part => name.Member(part).Items()).Select(part => part.Text()).OfType<string>().Select(text => (text, true));
        var words = (name.Text("text") ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var all = words.Length < 2 ? parts : parts.Concat(words.Skip(1).Select((_, i) => (string.Concat(words.Skip(i + 1)), false)));
        var given = string.Concat(name.Member("given").Items().Select(part => part.Text()));
        return name.Text("family") is { } family && given.Length > 0
            ? all.Append((family + given, false)).Append((given + family, false))
            : all;
    }
}
