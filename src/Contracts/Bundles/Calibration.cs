namespace EcgIntegration.Contracts.Bundles;

/// <summary>What turns cosine similarities into decisions; fitted on the validation fold only.</summary>
/// <param name="LogitScale">Logit = scale x cosine similarity; the inverse of the learned temperature.</param>
/// <param name="Labels">The labels that the validation fold supports; a label absent here is never suggested.</param>
/// <param name="Abstention">When no decision is taken.</param>
public sealed record Calibration(
    double LogitScale,
    IReadOnlyList<LabelCalibration> Labels,
    AbstentionRule Abstention);

/// <summary>Platt scaling and decision threshold of one label.</summary>
/// <param name="Code">The label's code.</param>
/// <param name="Slope">Probability = 1 / (1 + exp(-(slope x logit + intercept))).</param>
/// <param name="Intercept">See <paramref name="Slope"/>.</param>
/// <param name="Threshold">Calibrated probability at or above which the label is suggested.</param>
/// <param name="ValidationPositives">Positive ECGs of the validation fold behind these figures.</param>
public sealed record LabelCalibration(
    string Code,
    double Slope,
    double Intercept,
    double Threshold,
    int ValidationPositives)
{
    /// <summary>The calibrated probability that a logit stands for, 0 to 1.</summary>
    public double Probability(double logit) => 1 / (1 + Math.Exp(-((Slope * logit) + Intercept)));
}

/// <summary>When an analysed ECG is left undecided (判定保留).</summary>
/// <param name="MinimumSimilarity">Largest cosine similarity over all labels below which an ECG is far from everything the model knows.</param>
/// <param name="MinimumMargin">
/// Smallest distance, in calibrated probability, that the best suggestion must keep above its threshold.
/// </param>
/// <param name="Coverage">Share of the validation fold that these values decide on.</param>
public sealed record AbstentionRule(double MinimumSimilarity, double MinimumMargin, double Coverage);
