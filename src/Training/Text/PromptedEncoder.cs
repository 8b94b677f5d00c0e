namespace EcgIntegration.Training.Text;

/// <summary>Puts each term into sentences before it is embedded, and takes the mean of their vectors.</summary>
/// <param name="encoder">Embeds the sentences.</param>
/// <param name="prompts">Templates in which <see cref="Place"/> stands for the term; one at least.</param>
internal sealed class PromptedEncoder(ITextEncoder encoder, IReadOnlyList<string> prompts) : ITextEncoder
{
    /// <summary>Stands for the term in a template.</summary>
    public const string Place = "{label}";

    /// <inheritdoc/>
    public string Name => $"{encoder.Name} [{string.Join(" | ", prompts)}]";

    /// <summary>An encoder with templates, or as it is where the only one is the term itself.</summary>
    /// <exception cref="TrainingException">A template has no place for the term.</exception>
    public static ITextEncoder Of(ITextEncoder encoder, IReadOnlyList<string> prompts) =>
        prompts.FirstOrDefault(prompt => !prompt.Contains(Place, StringComparison.Ordinal)) is { } wrong
            ? throw new TrainingException($"The prompt \"{wrong}\" has no {Place}: write it where the term is to stand.")
            : prompts.All(prompt => prompt == Place) ? encoder : new PromptedEncoder(encoder, prompts);

    /// <inheritdoc/>
    public async Task<TextEmbeddings> EncodeAsync(IReadOnlyList<string> terms, CancellationToken cancellationToken)
    {
        string[] sentences = [.. terms.SelectMany(term => prompts.Select(prompt => prompt.Replace(Place, term, StringComparison.Ordinal)))];
        var embeddings = await encoder.EncodeAsync(sentences, cancellationToken);
        var means = new List<float[]>(terms.Count);
        for (var term = 0; term < terms.Count; term++)
        {
            var mean = new float[embeddings.Width];
            for (var prompt = 0; prompt < prompts.Count; prompt++)
            {
                var vector = embeddings[(term * prompts.Count) + prompt];
                for (var i = 0; i < mean.Length; i++)
                {
                    mean[i] += vector[i];
                }
            }

            means.Add(mean);
        }

        return TextEmbeddings.Of(means, Name);
    }
}
