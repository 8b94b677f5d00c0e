using EcgIntegration.Contracts.Bundles;

namespace EcgIntegration.Training.Evaluation;

/// <summary>How far probabilities can be taken at their word.</summary>
/// <param name="Count">Probabilities measured.</param>
/// <param name="Brier">Mean squared distance between probability and outcome.</param>
/// <param name="ExpectedCalibrationError">Mean distance between what a bin says and what came true in it, by its size.</param>
/// <param name="Bins">The bins that hold any.</param>
/// <remarks>Brier, Monthly Weather Review 78 (1950); Guo et al., ICML 2017, for the error over bins of equal width.</remarks>
internal sealed record Reliability(int Count, double Brier, double ExpectedCalibrationError, IReadOnlyList<ReliabilityBin> Bins)
{
    private const int BinCount = 10;

    /// <summary>Measures the probabilities of the calibrated labels.</summary>
    /// <param name="labels">The label catalogue.</param>
    /// <param name="calibration">Labels with probabilities.</param>
    /// <param name="set">The scored ECGs.</param>
    public static Reliability Of(IReadOnlyList<Label> labels, Calibration calibration, ScoredSet set)
    {
        var index = labels.Index().ToDictionary(label => label.Item.Code, label => label.Index, StringComparer.Ordinal);
        return Of([
            .. calibration.Labels.SelectMany(entry => Enumerable.Range(0, set.Count).Select(ecg => (
                entry.Probability(set.Logits[ecg, index[entry.Code]]),
                set.Present[ecg, index[entry.Code]]))),
        ]);
    }

    /// <summary>Measures pairs of a probability and whether it came true.</summary>
    public static Reliability Of(IReadOnlyList<(double Probability, bool CameTrue)> pairs)
    {
        if (pairs.Count == 0)
        {
            return new Reliability(0, double.NaN, double.NaN, []);
        }

        var bins = pairs
            .GroupBy(pair => Math.Min((int)(pair.Probability * BinCount), BinCount - 1))
            .OrderBy(bin => bin.Key)
            .Select(bin => new ReliabilityBin(bin.Count(), bin.Average(pair => pair.Probability), bin.Average(pair => pair.CameTrue ? 1.0 : 0)))
            .ToList();
        var brier = pairs.Average(pair => Math.Pow(pair.Probability - (pair.CameTrue ? 1 : 0), 2));
        return new Reliability(pairs.Count, brier, bins.Sum(bin => bin.Count * Math.Abs(bin.Predicted - bin.Observed)) / pairs.Count, bins);
    }
}

/// <summary>Probabilities of one bin.</summary>
/// <param name="Count">How many.</param>
/// <param name="Predicted">Their mean.</param>
/// <param name="Observed">Share that came true.</param>
internal readonly record struct ReliabilityBin(int Count, double Predicted, double Observed);
