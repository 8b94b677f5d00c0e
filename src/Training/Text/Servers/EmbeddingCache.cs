using System.Text.Json;

namespace EcgIntegration.Training.Text.Servers;

/// <summary>Vectors that a server has answered, by model and text, in one file.</summary>
internal sealed class EmbeddingCache
{
    private readonly string _path;
    private readonly Dictionary<string, Dictionary<string, float[]>> _models;

    private EmbeddingCache(string path, Dictionary<string, Dictionary<string, float[]>> models)
    {
        _path = path;
        _models = models;
    }

    /// <summary>A cache in a file; one that cannot be read any more is begun anew, since everything in it can be asked for again.</summary>
    public static EmbeddingCache Open(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return new(path, JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, float[]>>>(file) ?? []);
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            return new(path, []);
        }
    }

    /// <summary>The vector of a text, or <see langword="null"/>.</summary>
    public float[]? Find(string model, string text) => _models.TryGetValue(model, out var vectors) ? vectors.GetValueOrDefault(text) : null;

    /// <summary>Takes a vector in.</summary>
    public void Keep(string model, string text, float[] vector)
    {
        if (!_models.TryGetValue(model, out var vectors))
        {
            _models.Add(model, vectors = new(StringComparer.Ordinal));
        }

        vectors[text] = vector;
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save() => WholeFile.Write(_path, file => JsonSerializer.Serialize(file, _models));
}
