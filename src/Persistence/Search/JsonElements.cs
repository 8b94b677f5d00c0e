using System.Text.Json;

namespace EcgIntegration.Persistence.Search;

/// <summary>Reads JSON that may be of any shape: what is missing or of another kind is simply not there.</summary>
internal static class JsonElements
{
    private const int LongestText = 256;

    /// <summary>A member, or an element of kind <see cref="JsonValueKind.Undefined"/>.</summary>
    public static JsonElement Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    /// <summary>A member that is a text of a length an index can hold, or <see langword="null"/>.</summary>
    public static string? Text(this JsonElement element, string name) => element.Member(name).Text();

    /// <summary>A text of a length an index can hold, or <see langword="null"/>.</summary>
    public static string? Text(this JsonElement element) =>
        element.ValueKind == JsonValueKind.String && element.GetString() is { Length: > 0 and <= LongestText } text ? text : null;

    /// <summary>The items of an array, a value that is none as its only item, nothing for what is missing or null.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray(),
        JsonValueKind.Undefined or JsonValueKind.Null => [],
        _ => [element],
    };

    /// <summary>What lies at a path, dots between names, arrays on the way taken apart.</summary>
    public static IEnumerable<JsonElement> At(this JsonElement element, string path)
    {
        IEnumerable<JsonElement> found = [element];
        foreach (var name in path.Split('.'))
        {
            found = found.SelectMany(item => item.Member(name).Items());
        }

        return found;
    }
}
