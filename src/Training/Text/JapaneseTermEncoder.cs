namespace EcgIntegration.Training.Text;

/// <summary>
/// Embeds Japanese ECG terms offline: the concepts a term is made of (structure, territory, side, process, degree,
/// timing) and hashed character n-grams for whatever the concepts do not cover.
/// </summary>
internal sealed class JapaneseTermEncoder : ITextEncoder
{
    private const float ConceptShare = 0.8f;

    /// <inheritdoc/>
    public string Name => "ja-term-concepts-v1";

    /// <summary>Length of a vector.</summary>
    public static int Width => EcgTermConcepts.Count + CharacterGrams.Width;

    /// <inheritdoc/>
    public Task<TextEmbeddings> EncodeAsync(IReadOnlyList<string> terms, CancellationToken cancellationToken) =>
        Task.FromResult(TextEmbeddings.Of([.. terms.Select(Encode)], Name));

    /// <summary>The vector of one term, the same on every machine and in every run.</summary>
    public static float[] Encode(string term)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(term);
        var text = Fold(term);
        var vector = new float[Width];
        var concepts = vector.AsSpan(0, EcgTermConcepts.Count);
        EcgTermConcepts.Mark(text, concepts);
        Scale(concepts, MathF.Sqrt(ConceptShare));
        var grams = vector.AsSpan(EcgTermConcepts.Count);
        CharacterGrams.Add(text, grams);
        Scale(grams, MathF.Sqrt(1 - ConceptShare));
        Scale(vector, 1);
        return vector;
    }

    /// <summary>
    /// Full-width letters, digits and brackets as their half-width forms. Not Unicode's own NFKC, which depends on the
    /// globalisation data of the machine and does nothing where there are none.
    /// </summary>
    internal static string Fold(string term) => string.Create(term.Length, term, (folded, original) =>
    {
        for (var i = 0; i < folded.Length; i++)
        {
            folded[i] = original[i] is >= '\uFF01' and <= '\uFF5E' ? (char)(original[i] - '\uFEE0') : original[i];
        }
    });

    private static void Scale(Span<float> vector, float norm)
    {
        var squares = 0.0;
        foreach (var value in vector)
        {
            squares += (double)value * value;
        }

        if (squares > 0)
        {
            var factor = (float)(norm / Math.Sqrt(squares));
            for (var i = 0; i < vector.Length; i++)
            {
                vector[i] *= factor;
            }
        }
    }
}
