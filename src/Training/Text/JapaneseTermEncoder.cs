namespace EcgIntegration.Training.Text;

/// <summary>
/// Embeds Japanese ECG terms offline: the concepts a term is made of (structure, territory, side, process, degree,
/// timing) and hashed character n-grams for whatever the concepts do not cover.
/// </summary>
internal sealed class JapaneseTermEncoder : ITextEncoder
{
    private const int HashedWidth = 256;
    private const float ConceptShare = 0.8f;
    private const int LongestGram = 3;

    /// <inheritdoc/>
    public string Name => "ja-term-concepts-v1";

    /// <inheritdoc/>
    public int Width => EcgTermConcepts.Count + HashedWidth;

    /// <inheritdoc/>
    public float[] Encode(string term)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(term);
        var text = Fold(term);
        var vector = new float[Width];
        var concepts = vector.AsSpan(0, EcgTermConcepts.Count);
        EcgTermConcepts.Mark(text, concepts);
        Scale(concepts, MathF.Sqrt(ConceptShare));
        var grams = vector.AsSpan(EcgTermConcepts.Count);
        AddGrams(text, grams);
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

    private static void AddGrams(string text, Span<float> grams)
    {
        for (var length = 1; length <= LongestGram; length++)
        {
            for (var start = 0; start + length <= text.Length; start++)
            {
                var hash = Fnv1a(text.AsSpan(start, length));
                // The sign bit is apart from the index bits, so that collisions cancel as often as they add.
                grams[(int)(hash % HashedWidth)] += (hash & 0x8000_0000) == 0 ? 1 : -1;
            }
        }
    }

    // String.GetHashCode differs from run to run; this does not.
    private static uint Fnv1a(ReadOnlySpan<char> text)
    {
        var hash = 2166136261u;
        foreach (var letter in text)
        {
            hash = (hash ^ (byte)letter) * 16777619u;
            hash = (hash ^ (byte)(letter >> 8)) * 16777619u;
        }

        return hash;
    }

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
