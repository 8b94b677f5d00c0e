using EcgIntegration.Contracts.Bundles;

namespace EcgIntegration.Training.Evaluation;

/// <summary>The score of each target, a label or a class, at which F1 is largest on the validation fold.</summary>
/// <param name="Scores">By task and target; one without a positive there has none.</param>
internal sealed record FThresholds(IReadOnlyDictionary<(string Task, string Target), double> Scores)
{
    /// <summary>Chooses them.</summary>
    /// <param name="labels">The label catalogue.</param>
    /// <param name="validation">The scored ECGs of the validation fold.</param>
    /// <param name="training">How many training ECGs carried each label.</param>
    public static FThresholds Of(IReadOnlyList<Label> labels, ScoredSet validation, IReadOnlyList<int> training) => new(
        LabelGroups.Of(labels, validation, training, fewest: 1)
            .SelectMany(task => task.Targets.Select(target => (Key: (task.Name, target.Name), Score: Best(target))))
            .ToDictionary(target => target.Key, target => target.Score));

    /// <summary>That of a target, or <see langword="null"/>.</summary>
    public double? Find(string task, string target) => Scores.TryGetValue((task, target), out var score) ? score : null;

    /// <summary>F1 of a target at its threshold; <see langword="null"/> where it has none.</summary>
    public double? F1(string task, ScoredTarget target) => Find(task, target.Name) is { } threshold ? FMeasure(target, threshold) : null;

    private static double FMeasure(ScoredTarget target, double threshold)
    {
        var (hits, taken) = (0, 0);
        for (var i = 0; i < target.Scores.Length; i++)
        {
            if (target.Scores[i] >= threshold)
            {
                taken++;
                hits += target.Positives[i] ? 1 : 0;
            }
        }

        return 2.0 * hits / (taken + target.Support);
    }

    private static double Best(ScoredTarget target)
    {
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
