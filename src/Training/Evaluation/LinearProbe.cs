using static TorchSharp.torch;

namespace EcgIntegration.Training.Evaluation;

/// <summary>
/// A logistic regression a label on frozen embeddings: what an encoder knows without the label texts. On an encoder that was never
/// trained it is the base line of every figure.
/// </summary>
internal static class LinearProbe
{
    private const int Steps = 400;
    private const double Rate = 0.05;
    private const double Decay = 1e-3;

    /// <summary>Fits the probes on one set and scores another.</summary>
    /// <param name="embeddings">ECGs x width, to fit on.</param>
    /// <param name="present">ECGs x labels, to fit on.</param>
    /// <param name="asked">ECGs x width, to score.</param>
    /// <param name="width">Length of an embedding.</param>
    /// <returns>ECGs x labels; logits.</returns>
    public static float[,] Score(float[] embeddings, bool[,] present, float[] asked, int width)
    {
        using var scope = NewDisposeScope();
        var (mean, deviation) = Moments(tensor(embeddings).view(-1, width));
        var input = (tensor(embeddings).view(-1, width) - mean) / deviation;
        var labels = present.GetLength(1);
        var targets = tensor(present.Cast<bool>().Select(positive => positive ? 1f : 0f).ToArray()).view(-1, labels);
        var weight = nn.Parameter(zeros(labels, width));
        var bias = nn.Parameter(zeros(labels));
        using var optimizer = optim.Adam([weight, bias], Rate, weight_decay: Decay);
        for (var step = 0; step < Steps; step++)
        {
            using var stepScope = NewDisposeScope();
            optimizer.zero_grad();
            nn.functional.binary_cross_entropy_with_logits(nn.functional.linear(input, weight, bias), targets).backward();
            optimizer.step();
        }

        using var gradless = no_grad();
        var scores = nn.functional.linear((tensor(asked).view(-1, width) - mean) / deviation, weight, bias);
        return (float[,])scores.data<float>().ToNDArray();
    }

    private static (Tensor Mean, Tensor Deviation) Moments(Tensor values) => (values.mean([0]), values.std(0, unbiased: false).clamp(min: 1e-6));
}
