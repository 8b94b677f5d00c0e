using EcgIntegration.Training.Model;
using EcgIntegration.Training.Tests.Support;
using static TorchSharp.torch;

namespace EcgIntegration.Training.Tests.Model;

[Collection(TorchRandom.Name)]
public sealed class ContrastiveLossTests
{
    // ECG to labels, row 1 (both positive): -(1/2)(log p1 + log p2) over logits 2, 0 = 0.126928 + 1 = 1.126928;
    // row 2 (label 2): logits 1, 3: 0.126928. Mean 0.626928.
    // Label to ECGs, column 1 (ECG 1): logits 2, 1: 0.313262; column 2 (both): logits 0, 3: 0.048587 + 1.5 = 1.548587.
    // Mean 0.930925. Half the sum of both: 0.778926.
    [Fact]
    public void Several_positives_share_the_weight_in_both_directions()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new float[,] { { 2, 0 }, { 1, 3 } });
        var targets = tensor(new float[,] { { 1, 1 }, { 0, 1 } });

        Assert.Equal(0.778926, ContrastiveLoss.Of(logits, targets).item<float>(), 5);
    }

    [Fact]
    public void Exchanging_ecgs_and_labels_changes_nothing()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        var logits = randn(5, 7) * 4;
        var targets = (rand(5, 7) < 0.4).to_type(ScalarType.Float32);

        Assert.Equal(ContrastiveLoss.Of(logits, targets).item<float>(), ContrastiveLoss.Of(logits.t(), targets.t()).item<float>(), 5);
    }

    [Fact]
    public void An_ecg_without_labels_and_a_label_without_ecgs_are_no_anchors()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new float[,] { { 2, 0, 5 }, { 1, 3, -4 }, { 9, 9, 9 } });
        var targets = tensor(new float[,] { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 0 } });

        var loss = ContrastiveLoss.Of(logits, targets).item<float>();

        Assert.True(float.IsFinite(loss));
        var rows = (SoftmaxLoss(2, 0, 5) + SoftmaxLoss(3, 1, -4)) / 2;
        var columns = (SoftmaxLoss(2, 1, 9) + SoftmaxLoss(3, 0, 9)) / 2;
        Assert.Equal((rows + columns) / 2, loss, 4);
    }

    [Fact]
    public void Better_separated_pairs_cost_less()
    {
        using var scope = NewDisposeScope();
        var targets = eye(4);

        Assert.True(ContrastiveLoss.Of(eye(4) * 5, targets).item<float>() < ContrastiveLoss.Of(eye(4), targets).item<float>());
    }

    private static double SoftmaxLoss(double own, params double[] others) =>
        Math.Log(Math.Exp(own) + others.Sum(Math.Exp)) - own;
}
