using System.Text.Json;

namespace EcgIntegration.Training.Text;

/// <summary>Vectors that were made elsewhere, in a JSON file: <c>{"encoder": NAME, "vectors": {TEXT: [NUMBER, …]}}</c>.</summary>
/// <param name="encoder">What made them.</param>
/// <param name="vectors">By text.</param>
/// <param name="path">The file, for the sentence.</param>
internal sealed class EmbeddingFile(string encoder, IReadOnlyDictionary<string, float[]> vectors, string path) : ITextEncoder
{
    /// <inheritdoc/>
    public string Name => encoder;

    /// <summary>Reads a file.</summary>
    /// <exception cref="TrainingException">It cannot be read as such a file.</exception>
    public static EmbeddingFile Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var content = JsonSerializer.Deserialize<Content>(file, JsonSerializerOptions.Web);
            return content is { Encoder.Length: > 0, Vectors: not null }
                ? new EmbeddingFile(content.Encoder, content.Vectors, path)
                : throw new JsonException("encoder or vectors are missing");
        }
        catch (JsonException e)
        {
            throw new TrainingException($"The file {path} holds no embeddings{Place(e)}: it must be {{\"encoder\": NAME, \"vectors\": {{TEXT: [NUMBER, …]}}}} as ecg embed writes it.", e);
        }
    }

    /// <summary>Writes a file, whole or not at all.</summary>
    public static void Write(string path, IReadOnlyList<string> texts, TextEmbeddings embeddings)
    {
        var vectors = texts.Index().ToDictionary(text => text.Item, text => embeddings[text.Index].ToArray(), StringComparer.Ordinal);
        WholeFile.Write(path, file => JsonSerializer.Serialize(file, new Content(embeddings.Encoder, vectors), JsonSerializerOptions.Web));
    }

    /// <inheritdoc/>
    public Task<TextEmbeddings> EncodeAsync(IReadOnlyList<string> terms, CancellationToken cancellationToken) =>
        terms.FirstOrDefault(term => !vectors.ContainsKey(term)) is { } missing
            ? throw new TrainingException($"The file {path} has no vector of \"{missing}\": embed it anew, with every text that is asked for.")
            : Task.FromResult(TextEmbeddings.Of([.. terms.Select(term => vectors[term])], Name));

    private static string Place(JsonException e) => e.LineNumber is { } line ? $" (line {line + 1})" : string.Empty;

    private sealed record Content(string? Encoder, Dictionary<string, float[]>? Vectors);
}
