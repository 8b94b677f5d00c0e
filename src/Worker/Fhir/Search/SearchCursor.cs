using System.Text.Json;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Search;

namespace EcgIntegration.Worker.Fhir.Search;

/// <summary>A place in a search as an opaque text for the next link.</summary>
internal static class SearchCursor
{
    public const string Parameter = "_cursor";

    /// <summary>Writes a place.</summary>
    public static string Format(CursorSeal seal, SearchPlace place, string list) =>
        seal.Seal(JsonSerializer.SerializeToUtf8Bytes((string?[])[place.Id, .. place.Keys]), list);

    /// <summary>Reads a place, or <see langword="null"/> where the text is none of this list.</summary>
    /// <param name="seal">The seal.</param>
    /// <param name="text">The text.</param>
    /// <param name="list">The list it must have been given for.</param>
    /// <param name="keys">How many keys the list is sorted by.</param>
    public static SearchPlace? Parse(CursorSeal seal, string text, string list, int keys) =>
        seal.Open(text, list) is { } bytes
        && JsonSerializer.Deserialize<string?[]>(bytes) is [{ } id, .. var values] && ResourceId.IsValid(id) && values.Length == keys
            ? new SearchPlace(values, id)
            : null;
}
