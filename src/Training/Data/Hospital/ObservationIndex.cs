using System.Text.Json;

namespace EcgIntegration.Training.Data.Hospital;

/// <summary>Which file holds the Observation of an identifier.</summary>
internal static class ObservationIndex
{
    /// <summary>Looks into every <c>.json</c> under a folder.</summary>
    /// <exception cref="TrainingException">A file is no JSON, or two have one identifier.</exception>
    public static IReadOnlyDictionary<string, string> Read(string folder)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in WfdbFolder.Files(folder, "*.json"))
        {
            foreach (var identifier in Identifiers(path))
            {
                if (!files.TryAdd(identifier, path) && files[identifier] != path)
                {
                    throw new TrainingException($"{files[identifier]} and {path} have one identifier: use the column file, or take one of them out.");
                }
            }
        }

        return files;
    }

    // Without building the document: the samples are most of it.
    private static List<string> Identifiers(string path)
    {
        try
        {
            ReadOnlySpan<byte> text = File.ReadAllBytes(path);
            var reader = new Utf8JsonReader(text.StartsWith("\uFEFF"u8) ? text["\uFEFF"u8.Length..] : text);
            var identifiers = new List<string>();
            while (reader.Read())
            {
                if (reader is not { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 })
                {
                    continue;
                }

                var wanted = reader.ValueTextEquals("identifier"u8);
                reader.Read();
                if (wanted)
                {
                    Values(ref reader, identifiers);
                }
                else
                {
                    reader.Skip();
                }
            }

            return identifiers;
        }
        catch (JsonException e)
        {
            throw new TrainingException($"{path} is no JSON (line {e.LineNumber + 1}): export the Observation again, or take the file out of the folder.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"{path} cannot be read: check its permissions.", e);
        }
    }

    // Observation.identifier[].value; what lies deeper, such as an assigner's own identifier, is none of the ECG's.
    private static void Values(ref Utf8JsonReader reader, List<string> identifiers)
    {
        const int ValueDepth = 3;
        var end = reader.CurrentDepth;
        while (reader.Read() && !(reader.TokenType == JsonTokenType.EndArray && reader.CurrentDepth == end))
        {
            if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: ValueDepth } && reader.ValueTextEquals("value"u8)
                && reader.Read() && reader.TokenType == JsonTokenType.String)
            {
                identifiers.Add(reader.GetString()!);
            }
        }
    }
}
