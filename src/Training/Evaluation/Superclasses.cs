using EcgIntegration.Contracts.Bundles;

namespace EcgIntegration.Training.Evaluation;

/// <summary>The five diagnostic superclasses of PTB-XL, measured from label logits.</summary>
internal static class Superclasses
{
    /// <summary>Name of the task to tell them apart.</summary>
    public const string Task = "superclass";

    /// <summary>Their names, as in the catalogue's class column.</summary>
    public static IReadOnlyList<string> Names { get; } = ["NORM", "STTC", "MI", "HYP", "CD"];

    /// <summary>
    /// Score of a superclass: log-sum-exp of the logits of its trained labels. An ECG of the class carries one of many
    /// statements; the sum lets any of them, or several weak ones together, speak for it. Weighting the labels with their
    /// frequency ranks worse on the validation fold.
    /// </summary>
    /// <param name="logits">Logits of one ECG, one a label.</param>
    /// <param name="members">The class's labels that at least one training ECG carried.</param>
    public static float Score(ReadOnlySpan<float> logits, IReadOnlyList<int> members)
    {
        var largest = float.NegativeInfinity;
        foreach (var label in members)
        {
            largest = Math.Max(largest, logits[label]);
        }

        var sum = 0f;
        foreach (var label in members)
        {
            sum += MathF.Exp(logits[label] - largest);
        }

        return largest + MathF.Log(sum);
    }

    /// <summary>Indexes of a class's labels among those trained.</summary>
    public static IReadOnlyList<int> Members(IReadOnlyList<Label> labels, string name, IReadOnlyList<int> training) =>
        [.. Enumerable.Range(0, labels.Count).Where(i => labels[i].Class == name && training[i] > 0)];
}
