namespace EcgIntegration.Training.Evaluation;

/// <summary>Scored ECGs and what is known of them.</summary>
/// <param name="Logits">ECGs x labels.</param>
/// <param name="Present">ECGs x labels.</param>
internal sealed record ScoredSet(float[,] Logits, bool[,] Present)
{
    /// <summary>Number of ECGs.</summary>
    public int Count => Logits.GetLength(0);

    /// <summary>One label as a target.</summary>
    public ScoredTarget Target(string name, int label) =>
        new(name, [.. Rows.Select(row => Logits[row, label])], [.. Rows.Select(row => Present[row, label])]);

    /// <summary>Several labels as one target: log-sum-exp of their logits, present where any of them is.</summary>
    public ScoredTarget Target(string name, IReadOnlyList<int> members) => new(
        name,
        [.. Rows.Select(row => Superclasses.Score(Row(row), members))],
        [.. Rows.Select(row => members.Any(label => Present[row, label]))]);

    /// <summary>Some of the ECGs.</summary>
    public ScoredSet Where(Func<int, bool> wanted)
    {
        int[] rows = [.. Rows.Where(wanted)];
        var part = new ScoredSet(new float[rows.Length, Logits.GetLength(1)], new bool[rows.Length, Logits.GetLength(1)]);
        foreach (var (index, row) in rows.Index())
        {
            for (var label = 0; label < Logits.GetLength(1); label++)
            {
                (part.Logits[index, label], part.Present[index, label]) = (Logits[row, label], Present[row, label]);
            }
        }

        return part;
    }

    private IEnumerable<int> Rows => Enumerable.Range(0, Count);

    private float[] Row(int row) => [.. Enumerable.Range(0, Logits.GetLength(1)).Select(label => Logits[row, label])];
}

/// <summary>A yes-or-no question about each ECG of a set.</summary>
/// <param name="Name">Label code or class.</param>
/// <param name="Scores">One an ECG.</param>
/// <param name="Positives">One an ECG.</param>
internal sealed record ScoredTarget(string Name, float[] Scores, bool[] Positives)
{
    /// <summary>ECGs that carry it.</summary>
    public int Support => Positives.Count(positive => positive);

    /// <summary>AUROC over all ECGs.</summary>
    public double Auroc => Ranking.Auroc(Scores, Positives);

    /// <summary>Whether it has at least so many positives, and a negative.</summary>
    public bool IsMeasurable(int fewest) => Support >= fewest && Support < Positives.Length;

    /// <summary>AUROC over some ECGs, which may come more than once.</summary>
    public double AurocOver(IReadOnlyList<int> ecgs) =>
        Ranking.Auroc([.. ecgs.Select(ecg => Scores[ecg])], [.. ecgs.Select(ecg => Positives[ecg])]);
}

/// <summary>Targets whose mean is one figure.</summary>
/// <param name="Name">Name of the task.</param>
/// <param name="Targets">What takes part.</param>
internal sealed record ScoredTask(string Name, IReadOnlyList<ScoredTarget> Targets)
{
    /// <summary>Mean AUROC; NaN without a target.</summary>
    public double MacroAuroc => Mean(Targets.Select(target => target.Auroc));

    /// <summary>Its 95 % interval over the ECGs.</summary>
    public Bootstrap Interval() => Targets is [var first, ..]
        ? Bootstrap.Of(first.Scores.Length, drawn => Mean(Targets.Select(target => target.AurocOver(drawn)).Where(auroc => !double.IsNaN(auroc))))
        : new Bootstrap(double.NaN, double.NaN);

    private static double Mean(IEnumerable<double> figures) => figures.DefaultIfEmpty(double.NaN).Average();
}
