using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Contracts.Events;

namespace EcgIntegration.Training.Evaluation;

/// <summary>Turns the logits of the validation fold into probabilities, thresholds and the rule of abstention.</summary>
internal static class Calibrator
{
    /// <summary>Fewest validation positives for which a label gets a threshold; below, it stays a score.</summary>
    public const int MinimumPositives = 4;

    /// <summary>AUROC on the validation fold below which a label is not worth suggesting at any threshold.</summary>
    public const double MinimumAuroc = 0.75;

    private const double SmallestThreshold = 0.01;
    private const double StrangeShare = 0.01;
    private const double WantedPrecision = 0.9;
    private const double SmallestCoverage = 0.8;

    /// <summary>Fits all labels that the fold supports, and the rule of abstention.</summary>
    /// <param name="labels">The label catalogue.</param>
    /// <param name="scale">Factor between cosine similarity and logit.</param>
    /// <param name="logits">ECGs x labels of the validation fold.</param>
    /// <param name="present">ECGs x labels of the validation fold.</param>
    /// <param name="training">How many training ECGs carried each label.</param>
    public static Calibration Fit(IReadOnlyList<Label> labels, float scale, float[,] logits, bool[,] present, IReadOnlyList<int> training)
    {
        var entries = new List<LabelCalibration>();
        for (var label = 0; label < labels.Count; label++)
        {
            if (training[label] > 0 && FitLabel(labels[label], Column(logits, label), Column(present, label)) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return new Calibration(scale, entries, Abstention(labels, scale, logits, present, entries));
    }

    /// <summary>
    /// Weight of sensitivity against precision in the choice of a threshold (the beta of the F-measure). A missed urgent
    /// finding costs more than a needless look; a wrong "normal" costs more than a missing one.
    /// </summary>
    public static double Beta(Label label) => label switch
    {
        { Class: "NORM" } => 0.5,
        { Urgency: >= Urgency.Urgent } => 2,
        _ => 1,
    };

    /// <summary>
    /// The threshold of largest F-measure, half-way between two neighbouring ECGs in log-odds: with a handful of positives
    /// the gap is wide, and in probability its middle would lie close to the upper one.
    /// </summary>
    public static double Threshold(IReadOnlyList<double> probabilities, IReadOnlyList<bool> positives, double beta)
    {
        var order = Enumerable.Range(0, probabilities.Count).OrderByDescending(i => probabilities[i]).ToArray();
        var weight = beta * beta;
        var total = positives.Count(positive => positive);
        var (best, threshold, hits) = (double.NegativeInfinity, 0.5, 0);
        for (var taken = 1; taken <= order.Length; taken++)
        {
            var last = probabilities[order[taken - 1]];
            var next = taken < order.Length ? probabilities[order[taken]] : 0;
            hits += positives[order[taken - 1]] ? 1 : 0;
            if (last.Equals(next))
            {
                continue;
            }

            var measure = (1 + weight) * hits / ((weight * total) + taken);
            if (measure > best)
            {
                (best, threshold) = (measure, Between(last, next));
            }
        }

        return Math.Clamp(threshold, SmallestThreshold, 1 - SmallestThreshold);
    }

    private static double Between(double upper, double lower)
    {
        var odds = Math.Sqrt(Odds(upper) * Odds(lower));
        return odds / (1 + odds);
    }

    private static double Odds(double probability)
    {
        var inside = Math.Clamp(probability, SmallestThreshold, 1 - SmallestThreshold);
        return inside / (1 - inside);
    }

    private static LabelCalibration? FitLabel(Label label, float[] logits, bool[] positives)
    {
        var support = positives.Count(positive => positive);
        if (support < MinimumPositives || support == positives.Length || Ranking.Auroc(logits, positives) < MinimumAuroc)
        {
            return null;
        }

        var (slope, intercept) = PlattScaling.Fit(logits, positives);
        var probabilities = logits.Select(logit => 1 / (1 + Math.Exp(-((slope * logit) + intercept)))).ToArray();
        return slope > 0
            ? new LabelCalibration(label.Code, slope, intercept, Threshold(probabilities, positives, Beta(label)), support)
            : null;
    }

    // Far from everything: below what all but 1 % of the fold reach. Margin: the smallest at which the best suggestion is
    // right in 90 % of the ECGs decided, as long as 80 % of the fold stays decided. A routine rhythm decides nothing.
    private static AbstentionRule Abstention(IReadOnlyList<Label> labels, float scale, float[,] logits, bool[,] present, List<LabelCalibration> entries)
    {
        var count = logits.GetLength(0);
        var nearest = Enumerable.Range(0, count).Select(i => Enumerable.Range(0, labels.Count).Max(label => logits[i, label]) / scale).Order().ToArray();
        var similarity = nearest[(int)(StrangeShare * count)];
        var index = labels.Select((label, i) => (label.Code, i)).ToDictionary(entry => entry.Code, entry => entry.i, StringComparer.Ordinal);
        var deciding = entries.Where(entry => labels[index[entry.Code]] is not { Class: "rhythm", Urgency: Urgency.Routine }).ToList();
        var best = Enumerable.Range(0, count)
            .Where(i => Enumerable.Range(0, labels.Count).Max(label => logits[i, label]) / scale >= similarity)
            .Select(i => deciding
                .Select(entry => (Margin: entry.Probability(logits[i, index[entry.Code]]) - entry.Threshold, Right: present[i, index[entry.Code]]))
                .DefaultIfEmpty((Margin: double.NegativeInfinity, Right: false))
                .MaxBy(candidate => candidate.Margin))
            .ToList();
        var rule = new AbstentionRule(similarity, 0, Share(best, 0, count));
        for (var margin = 0.0; margin <= 0.3; margin += 0.01)
        {
            var decided = best.Where(candidate => candidate.Margin >= margin).ToList();
            if (decided.Count < SmallestCoverage * count)
            {
                break;
            }

            rule = new AbstentionRule(similarity, Math.Round(margin, 2), Share(best, margin, count));
            if (decided.Count(candidate => candidate.Right) >= WantedPrecision * decided.Count)
            {
                break;
            }
        }

        return rule;
    }

    private static double Share(List<(double Margin, bool Right)> best, double margin, int count) =>
        best.Count(candidate => candidate.Margin >= margin) / (double)count;

    private static T[] Column<T>(T[,] matrix, int column) => [.. Enumerable.Range(0, matrix.GetLength(0)).Select(row => matrix[row, column])];
}
