using System.Text.Json;

namespace EcgIntegration.Fuzz.Mutations;

/// <summary>Where the values and members of a JSON text stand in it.</summary>
internal static class JsonElements
{
    /// <summary>More need not be known to change some of them.</summary>
    private const int Most = 4_000;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 4_096 };

    /// <summary>Every value, with the member it belongs to; empty where the text is not JSON.</summary>
    public static List<JsonElementPlace> Find(ReadOnlySpan<byte> text)
    {
        var places = new List<JsonElementPlace>();
        var open = new Stack<(int Start, int NameStart)>();
        var reader = new Utf8JsonReader(text, Options);
        var name = -1;
        try
        {
            while (reader.Read() && places.Count < Most)
            {
                var start = (int)reader.TokenStartIndex;
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        name = start;
                        break;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        open.Push((start, name));
                        name = -1;
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        var container = open.Pop();
                        places.Add(new(container.NameStart, container.Start, (int)reader.BytesConsumed));
                        break;
                    default:
                        places.Add(new(name, start, (int)reader.BytesConsumed));
                        name = -1;
                        break;
                }
            }
        }
        catch (JsonException)
        {
            // Damaged already: what was found up to there can still be changed.
        }

        return places;
    }
}

/// <summary>One value.</summary>
/// <param name="NameStart">Where its member's name begins, or -1 in an array.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it has ended.</param>
internal readonly record struct JsonElementPlace(int NameStart, int Start, int End);
