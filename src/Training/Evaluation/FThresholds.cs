namespace EcgIntegration.Training.Evaluation;

/// <summary>The logit of each label at which F1 is largest on the validation fold.</summary>
internal static class FThresholds
{
    /// <summary>Chooses them; NaN for a label without a positive there.</summary>
    public static IReadOnlyList<double> Of(ScoredSet validation) =>
        [.. Enumerable.Range(0, validation.Logits.GetLength(1)).Select(label => Best(validation.Target(string.Empty, label)))];

    private static double Best(ScoredTarget target)
    {
        if (target.Support == 0)
        {
            return double.NaN;
        }

        var order = Enumerable.Range(0, target.Scores.Length).OrderByDescending(i => target.Scores[i]).ToArray();
        var (best, threshold, hits) = (-1.0, double.NaN, 0);
        for (var taken = 1; taken <= order.Length; taken++)
        {
            hits += target.Positives[order[taken - 1]] ? 1 : 0;
            var here = target.Scores[order[taken - 1]];
            if (taken < order.Length && target.Scores[order[taken]].Equals(here))
            {
                continue;
            }

            var measure = 2.0 * hits / (taken + target.Support);
            if (measure > best)
            {
                (best, threshold) = (measure, taken < order.Length ? (here + (double)target.Scores[order[taken]]) / 2 : here);
            }
        }

        return threshold;
    }
}
