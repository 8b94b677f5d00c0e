namespace EcgIntegration.Training.Text;

/// <summary>Vectors of texts, one after the other.</summary>
/// <param name="Encoder">What made them, as the model card has it.</param>
/// <param name="Width">Length of a vector.</param>
/// <param name="Values">Texts x width, each row L2-normalised.</param>
internal sealed record TextEmbeddings(string Encoder, int Width, float[] Values)
{
    /// <summary>Number of texts.</summary>
    public int Count => Values.Length / Width;

    /// <summary>The vector of a text.</summary>
    public ReadOnlySpan<float> this[int text] => Values.AsSpan(text * Width, Width);

    /// <summary>Puts vectors side by side, each brought to length 1.</summary>
    /// <param name="vectors">One a text.</param>
    /// <param name="encoder">What made them.</param>
    /// <exception cref="TrainingException">They differ in width, hold no number, or are nothing but zeros.</exception>
    public static TextEmbeddings Of(IReadOnlyList<float[]> vectors, string encoder)
    {
        var width = vectors.Count > 0 ? vectors[0].Length : 0;
        if (width == 0)
        {
            throw new TrainingException($"{encoder} gives empty vectors: name a model that embeds texts.");
        }

        var values = new float[vectors.Count * width];
        foreach (var (index, vector) in vectors.Index())
        {
            if (vector.Length != width)
            {
                throw new TrainingException($"{encoder} gives vectors of {width} and of {vector.Length} values: all must be of one model.");
            }

            var squares = vector.Sum(value => (double)value * value);
            if (!double.IsFinite(squares) || squares == 0)
            {
                throw new TrainingException($"{encoder} gives a vector that is zero or has values that are no numbers, for text {index + 1}: embed the texts again.");
            }

            var scale = (float)(1 / Math.Sqrt(squares));
            for (var i = 0; i < width; i++)
            {
                values[(index * width) + i] = vector[i] * scale;
            }
        }

        return new TextEmbeddings(encoder, width, values);
    }
}
