namespace EcgIntegration.Training.Text;

/// <summary>Hashed character n-grams: what a text is written with, and nothing of what it says. The base line of the text encoders.</summary>
internal sealed class CharacterGrams : ITextEncoder
{
    /// <summary>Length of a vector.</summary>
    public const int Width = 256;

    private const int LongestGram = 3;

    /// <inheritdoc/>
    public string Name => "ja-char-ngrams-v1";

    /// <inheritdoc/>
    public Task<TextEmbeddings> EncodeAsync(IReadOnlyList<string> terms, CancellationToken cancellationToken) =>
        Task.FromResult(TextEmbeddings.Of([.. terms.Select(Encode)], Name));

    /// <summary>Adds a text's n-grams of one to three characters.</summary>
    /// <param name="text">The text, folded.</param>
    /// <param name="grams">Receives them; <see cref="Width"/> values.</param>
    public static void Add(string text, Span<float> grams)
    {
        for (var length = 1; length <= LongestGram; length++)
        {
            for (var start = 0; start + length <= text.Length; start++)
            {
                var hash = Fnv1a(text.AsSpan(start, length));
                // The sign bit is apart from the index bits, so that collisions cancel as often as they add.
                grams[(int)(hash % Width)] += (hash & 0x8000_0000) == 0 ? 1 : -1;
            }
        }
    }

    private static float[] Encode(string term)
    {
        var grams = new float[Width];
        Add(JapaneseTermEncoder.Fold(term), grams);
        return grams;
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
}
