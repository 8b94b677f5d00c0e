using EcgIntegration.Training.Data;
using EcgIntegration.Training.Onnx;

namespace EcgIntegration.Training.Evaluation;

/// <summary>
/// Logits as the Worker will compute them: the ONNX encoder, the label matrix, the scale. Calibration and reported
/// figures come from these and not from the training framework, so that they hold for what is shipped.
/// </summary>
internal static class BundleScores
{
    /// <summary>Scores a set.</summary>
    /// <param name="encoder">Content of <c>model.onnx</c>.</param>
    /// <param name="labelMatrix">Labels x width, row-major.</param>
    /// <param name="width">Length of an embedding.</param>
    /// <param name="scale">Factor between cosine similarity and logit.</param>
    /// <param name="data">The ECGs.</param>
    /// <returns>ECGs x labels.</returns>
    public static float[,] Of(byte[] encoder, ReadOnlySpan<float> labelMatrix, int width, double scale, EcgDataset data)
    {
        using var onnx = new OnnxEncoder(encoder);
        return Of(onnx.Embed(data.Signals), labelMatrix, width, scale);
    }

    /// <summary>Scores ECGs that are embedded already.</summary>
    /// <param name="embeddings">ECGs x width, row-major.</param>
    /// <param name="labelMatrix">Labels x width, row-major.</param>
    /// <param name="width">Length of an embedding.</param>
    /// <param name="scale">Factor between cosine similarity and logit.</param>
    /// <returns>ECGs x labels.</returns>
    public static float[,] Of(float[] embeddings, ReadOnlySpan<float> labelMatrix, int width, double scale)
    {
        var logits = new float[embeddings.Length / width, labelMatrix.Length / width];
        for (var i = 0; i < logits.GetLength(0); i++)
        {
            var embedding = embeddings.AsSpan(i * width, width);
            for (var label = 0; label < logits.GetLength(1); label++)
            {
                var row = labelMatrix.Slice(label * width, width);
                var sum = 0f;
                for (var value = 0; value < width; value++)
                {
                    sum += row[value] * embedding[value];
                }

                logits[i, label] = (float)(scale * sum);
            }
        }

        return logits;
    }
}
