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
        var set = new ScoredSet(logits, present);
        var superclasses = new Dictionary<string, Figure>(StringComparer.Ordinal);
        foreach (var name in Superclasses.Names)
        {
            Add(superclasses, set.Target(name, Superclasses.Members(labels, name, training)), 1);
        }

        var candidates = Enumerable.Range(0, labels.Count).Where(label => training[label] > 0).ToArray();
        var perLabel = new Dictionary<string, Figure>(StringComparer.Ordinal);
        foreach (var label in candidates)
        {
            Add(perLabel, set.Target(labels[label].Code, label), MinimumPositives);
        }

        return new Metrics(set.Count, superclasses, perLabel, Hits(set, candidates, 1), Hits(set, candidates, 5));
    }

    private static double Macro(IReadOnlyDictionary<string, Figure> figures) =>
        figures.Values.Select(figure => figure.Auroc).DefaultIfEmpty(double.NaN).Average();

    private static void Add(Dictionary<string, Figure> figures, ScoredTarget target, int minimum)
    {
        if (target.IsMeasurable(minimum))
        {
            figures[target.Name] = new Figure(target.Auroc, target.Support);
        }
    }

    private static double Hits(ScoredSet set, int[] candidates, int top) =>
        Enumerable.Range(0, set.Count).Count(ecg => candidates.OrderByDescending(label => set.Logits[ecg, label]).Take(top).Any(label => set.Present[ecg, label]))
        / (double)set.Count;
}

/// <summary>A measured area under the ROC curve and the positives behind it.</summary>
internal readonly record struct Figure(double Auroc, int Positives);
