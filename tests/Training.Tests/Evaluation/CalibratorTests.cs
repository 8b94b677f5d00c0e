using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Training.Evaluation;

namespace EcgIntegration.Training.Tests.Evaluation;

public sealed class CalibratorTests
{
    [Fact]
    public void Platt_scaling_finds_the_rate_where_the_logit_says_nothing()
    {
        float[] logits = [.. Enumerable.Repeat(1f, 100)];
        bool[] positives = [.. Enumerable.Range(0, 100).Select(i => i < 20)];

        var (slope, intercept) = PlattScaling.Fit(logits, positives);

        // Softened targets: 20 x 21/22 + 80 x 1/82 of 100.
        Assert.Equal(0.2007, 1 / (1 + Math.Exp(-(slope + intercept))), 3);
    }

    [Fact]
    public void Platt_scaling_finds_the_curve_that_made_the_data()
    {
        var random = new Random(4);
        float[] logits = [.. Enumerable.Range(0, 20_000).Select(_ => (float)((random.NextDouble() * 8) - 4))];
        bool[] positives = [.. logits.Select(logit => random.NextDouble() < 1 / (1 + Math.Exp(-((1.5 * logit) - 2))))];

        var (slope, intercept) = PlattScaling.Fit(logits, positives);

        Assert.Equal(1.5, slope, 0.1);
        Assert.Equal(-2, intercept, 0.12);
    }

    [Fact]
    public void Platt_scaling_stays_finite_where_classes_are_apart()
    {
        var (slope, intercept) = PlattScaling.Fit([-5, -4, -3, 3, 4, 5], [false, false, false, true, true, true]);

        Assert.True(slope > 0 && double.IsFinite(slope) && double.IsFinite(intercept));
    }

    // In falling order: hit, hit, miss, hit, miss. F1 behind the fourth is 6/7, behind the second 4/5; F0.5 behind the
    // second is 10/11; F2 behind the fourth is 15/16. In odds the middle of 0.8 (4) and 0.2 (1/4) is 1: 0.5.
    [Theory]
    [InlineData(1.0, 0.3)]
    [InlineData(0.5, 0.7)]
    [InlineData(2.0, 0.3)]
    public void The_threshold_lies_half_way_in_log_odds_behind_the_best_f_measure(double beta, double expected)
    {
        var odds = expected / (1 - expected);
        double[] probabilities = beta < 1 ? [0.95, Probability(odds * 2), Probability(odds / 2), 0.3, 0.1] : [0.95, 0.9, 0.7, Probability(odds * 2), Probability(odds / 2)];

        Assert.Equal(expected, Calibrator.Threshold(probabilities, [true, true, false, true, false], beta), 10);
    }

    [Fact]
    public void Equal_probabilities_are_never_torn_apart() =>
        Assert.Equal(0.25, Calibrator.Threshold([0.5, 0.5, 0.1], [true, false, false], 1), 10);

    [Fact]
    public void A_threshold_is_never_zero_or_one()
    {
        Assert.InRange(Calibrator.Threshold([1, 1, 1], [true, true, true], 2), 0.01, 0.99);
        Assert.InRange(Calibrator.Threshold([0, 0, 0], [true, false, false], 2), 0.01, 0.99);
    }

    [Fact]
    public void Normal_leans_to_precision_and_urgent_findings_to_sensitivity()
    {
        Assert.True(Calibrator.Beta(Of("NORM", Urgency.Routine)) < 1);
        Assert.Equal(1, Calibrator.Beta(Of("CD", Urgency.Review)));
        Assert.True(Calibrator.Beta(Of("MI", Urgency.Urgent)) > 1);
        Assert.True(Calibrator.Beta(Of("CD", Urgency.Critical)) > 1);
    }

    [Fact]
    public void Only_labels_with_positives_and_a_useful_ranking_get_a_threshold()
    {
        Label[] labels = [Of("CD", Urgency.Review, "GOOD"), Of("CD", Urgency.Review, "RARE"), Of("CD", Urgency.Review, "USELESS"), Of("CD", Urgency.Review, "UNTRAINED")];
        var random = new Random(9);
        var logits = new float[60, 4];
        var present = new bool[60, 4];
        for (var i = 0; i < 60; i++)
        {
            present[i, 0] = present[i, 2] = present[i, 3] = i % 3 == 0;
            present[i, 1] = i < Calibrator.MinimumPositives - 1;
            logits[i, 0] = logits[i, 3] = (present[i, 0] ? 3 : -3) + (float)random.NextDouble();
            logits[i, 1] = present[i, 1] ? 5 : 0;
            logits[i, 2] = (float)random.NextDouble();
        }

        var calibration = Calibrator.Fit(labels, 10, logits, present, [20, 3, 20, 0]);

        var entry = Assert.Single(calibration.Labels);
        Assert.Equal(("GOOD", 20), (entry.Code, entry.ValidationPositives));
        Assert.InRange(entry.Threshold, 0.05, 0.95);
        Assert.Equal(10, calibration.LogitScale);
        Assert.InRange(calibration.Abstention.Coverage, 0.0, 1.0);
        Assert.True(calibration.Abstention.MinimumSimilarity < 0.4);
    }

    private static double Probability(double odds) => odds / (1 + odds);

    private static Label Of(string kind, Urgency urgency, string code = "X") => new(code, code, code, kind, urgency, false, null, null);
}
