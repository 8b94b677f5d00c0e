using System.Text.Json;
using EcgIntegration.Persistence.Search;

namespace EcgIntegration.Worker.Fhir.Search;

/// <summary>Finds the references of a search parameter in a resource, without building anything of the rest.</summary>
internal static class JsonReferences
{
    private const int MaximumDepth = 128;

    /// <summary>What a parameter refers to in a resource, as it is written there; identifiers alone are none.</summary>
    public static IReadOnlyList<string> Find(ReadOnlySpan<byte> json, SearchParameter parameter)
    {
        var found = new List<string>();
        foreach (var element in parameter.Elements)
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaximumDepth });
            reader.Read();
            string[] path = [.. element.Split('.'), "reference"];
            Descend(ref reader, path, found);
        }

        return found;
    }

    /// <summary>Follows a path from the value the reader stands on, through every item of an array.</summary>
    private static void Descend(ref Utf8JsonReader reader, scoped ReadOnlySpan<string> path, List<string> found)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    Descend(ref reader, path, found);
                }

                break;
            case JsonTokenType.StartObject when path.Length > 0:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var isNext = reader.ValueTextEquals(path[0]);
                    reader.Read();
                    if (isNext)
                    {
                        Descend(ref reader, path[1..], found);
                    }
                    else
                    {
                        reader.Skip();
                    }
                }

                break;
            case JsonTokenType.String when path.Length == 0:
                found.Add(reader.GetString()!);
                break;
            default:
                reader.Skip();
                break;
        }
    }
}
