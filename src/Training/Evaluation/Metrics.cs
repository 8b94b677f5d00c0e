using EcgIntegration.Contracts.Bundles;

namespace EcgIntegration.Training.Evaluation;

/// <summary>Measured figures of one fold.</summary>
/// <param name="Ecgs">ECGs measured.</param>
/// <param name="SuperclassAuroc">AUROC and positives of each diagnostic superclass.</param>
/// <param name="LabelAuroc">AUROC and positives of each label with at least <see cref="MinimumPositives"/>.</param>
/// <param name="TopOne">Share of ECGs whose highest trained label is one of theirs.</param>
/// <param name="TopFive">Share of ECGs with one of their labels among the five highest trained ones.</param>
internal sealed record Metrics(
    int Ecgs,
    IReadOnlyDictionary<string, Figure> SuperclassAuroc,
    IReadOnlyDictionary<string, Figure> LabelAuroc,
    double TopOne,
    double TopFive)
{
    /// <summary>Fewest positives for which a label's AUROC counts.</summary>
    public const int MinimumPositives = 5;

    /// <summary>Mean over the superclasses that have positives; NaN without any.</summary>
    public double SuperclassMacro => Macro(SuperclassAuroc);

    /// <summary>Mean over the labels of <see cref="LabelAuroc"/>; NaN without any.</summary>
    public double LabelMacro => Macro(LabelAuroc);

    /// <summary>What epochs are chosen by: the mean of both macro figures, or the one there is.</summary>
    public double Choice => double.IsNaN(SuperclassMacro) ? LabelMacro : double.IsNaN(LabelMacro) ? SuperclassMacro : (SuperclassMacro + LabelMacro) / 2;

    /// <summary>Measures a fold.</summary>
    /// <param name="labels">The label catalogue.</param>
    /// <param name="logits">ECGs x labels.</param>
    /// <param name="present">ECGs x labels.</param>
    /// <param name="training">How many training ECGs carried each label.</param>
    public static Metrics Measure(IReadOnlyList<Label> labels, float[,] logits, bool[,] present, IReadOnlyList<int> training)
    {
        var count = logits.GetLength(0);
        var rows = Enumerable.Range(0, count).Select(i => Row(logits, i)).ToArray();
        var superclasses = new Dictionary<string, Figure>(StringComparer.Ordinal);
        foreach (var name in Superclasses.Names)
        {
            var members = Superclasses.Members(labels, name, training);
            Add(superclasses, name, 1, [.. rows.Select(row => Superclasses.Score(row, members))], [.. rows.Select((_, i) => members.Any(label => present[i, label]))]);
        }

        var perLabel = new Dictionary<string, Figure>(StringComparer.Ordinal);
        for (var label = 0; label < labels.Count; label++)
        {
            if (training[label] > 0)
            {
                Add(perLabel, labels[label].Code, MinimumPositives, [.. rows.Select(row => row[label])], [.. rows.Select((_, i) => present[i, label])]);
            }
        }

        var candidates = Enumerable.Range(0, labels.Count).Where(label => training[label] > 0).ToArray();
        return new Metrics(count, superclasses, perLabel, Hits(rows, present, candidates, 1), Hits(rows, present, candidates, 5));
    }

    private static double Macro(IReadOnlyDictionary<string, Figure> figures) =>
        figures.Values.Select(figure => figure.Auroc).DefaultIfEmpty(double.NaN).Average();

    private static void Add(Dictionary<string, Figure> figures, string name, int minimum, float[] scores, bool[] positives)
    {
        var support = positives.Count(positive => positive);
        if (support >= minimum && support < positives.Length)
        {
            figures[name] = new Figure(Ranking.Auroc(scores, positives), support);
        }
    }

    private static double Hits(float[][] rows, bool[,] present, int[] candidates, int top) =>
        rows.Index().Count(row => candidates.OrderByDescending(label => row.Item[label]).Take(top).Any(label => present[row.Index, label])) / (double)rows.Length;

    private static float[] Row(float[,] matrix, int index) => [.. Enumerable.Range(0, matrix.GetLength(1)).Select(column => matrix[index, column])];
}

/// <summary>A measured area under the ROC curve and the positives behind it.</summary>
internal readonly record struct Figure(double Auroc, int Positives);
