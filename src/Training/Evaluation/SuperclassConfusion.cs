namespace EcgIntegration.Training.Evaluation;

/// <summary>
/// What the ECGs of each diagnostic superclass are taken for: those that carry exactly one, and the class that lies farthest above its
/// threshold of the validation fold. Without the threshold a class of many labels would win by their number.
/// </summary>
/// <param name="Names">The classes.</param>
/// <param name="Counts">ECGs, by true class and by the one taken.</param>
internal sealed record SuperclassConfusion(IReadOnlyList<string> Names, int[,] Counts)
{
    /// <summary>Counts them.</summary>
    /// <param name="superclasses">The task, on the ECGs that are measured.</param>
    /// <param name="thresholds">Of the validation fold; a class without one takes no part.</param>
    public static SuperclassConfusion Of(ScoredTask superclasses, FThresholds thresholds)
    {
        var classes = superclasses.Targets
            .Select(target => (Target: target, Threshold: thresholds.Find(superclasses.Name, target.Name)))
            .Where(one => one.Threshold is not null)
            .ToList();
        var counts = new int[classes.Count, classes.Count];
        for (var ecg = 0; classes.Count > 0 && ecg < classes[0].Target.Scores.Length; ecg++)
        {
            if (superclasses.Targets.Count(target => target.Positives[ecg]) != 1)
            {
                continue;
            }

            var truth = classes.FindIndex(one => one.Target.Positives[ecg]);
            if (truth >= 0)
            {
                counts[truth, Enumerable.Range(0, classes.Count).MaxBy(one => classes[one].Target.Scores[ecg] - classes[one].Threshold!.Value)]++;
            }
        }

        return new([.. classes.Select(one => one.Target.Name)], counts);
    }

    /// <summary>ECGs of a class.</summary>
    public int Support(int truth) => Enumerable.Range(0, Names.Count).Sum(taken => Counts[truth, taken]);

    /// <summary>Share of a class's ECGs that are taken for another, or for it; 0 of none.</summary>
    public double Share(int truth, int taken) => Support(truth) is var all and > 0 ? Counts[truth, taken] / (double)all : 0;
}
