using static TorchSharp.torch;

namespace EcgIntegration.Training.Model;

/// <summary>
/// Symmetric contrastive loss with several positives: the mean of two cross-entropies, ECG to labels and label to ECGs,
/// each against the uniform distribution over the positives.
/// </summary>
internal static class ContrastiveLoss
{
    /// <summary>The loss of one batch.</summary>
    /// <param name="logits">ECGs x labels: scale x cosine similarity.</param>
    /// <param name="targets">ECGs x labels: 1 where the ECG carries the label, else 0; fractions where ECGs were mixed.</param>
    /// <returns>A scalar. ECGs without a label, and labels without an ECG in this batch, take no part as anchors.</returns>
    public static Tensor Of(Tensor logits, Tensor targets) =>
        (OneWay(logits, targets) + OneWay(logits.t(), targets.t())) / 2;

    private static Tensor OneWay(Tensor logits, Tensor targets)
    {
        var positives = targets.sum(1, keepdim: true);
        var anchors = (positives > 0).to_type(ScalarType.Float32);
        var wanted = targets / positives.clamp(min: 1e-6);
        var losses = -(wanted * nn.functional.log_softmax(logits, 1)).sum(1, keepdim: true);
        return (losses * anchors).sum() / anchors.sum().clamp(min: 1);
    }
}
