using EcgIntegration.Contracts.Bundles;

namespace EcgIntegration.Training.Data;

/// <summary>Annotated ECGs in memory: tensors side by side and a label matrix.</summary>
internal sealed class EcgDataset
{
    // Their tensors lie in one array.
    private static readonly int Most = Array.MaxLength / EcgTensors.Length;

    private EcgDataset(IReadOnlyList<EcgExample> examples, float[] signals, bool[,] present)
    {
        Examples = examples;
        Signals = signals;
        Present = present;
    }

    /// <summary>The ECGs.</summary>
    public IReadOnlyList<EcgExample> Examples { get; }

    /// <summary>ECGs x 12 x 1,000.</summary>
    public float[] Signals { get; }

    /// <summary>ECGs x labels: whether the statement is present.</summary>
    public bool[,] Present { get; }

    /// <summary>Number of ECGs.</summary>
    public int Count => Examples.Count;

    /// <summary>One ECG's tensor, 12 x 1,000.</summary>
    public ReadOnlySpan<float> Tensor(int index) => Signals.AsSpan(index * EcgTensors.Length, EcgTensors.Length);

    /// <summary>Reads the signals of ECGs.</summary>
    /// <param name="examples">Their annotations.</param>
    /// <param name="labels">The label catalogue.</param>
    /// <exception cref="TrainingException">A record cannot be used.</exception>
    public static EcgDataset Read(IReadOnlyList<EcgExample> examples, IReadOnlyList<Label> labels)
    {
        var index = labels.Select((label, i) => (label.Code, i)).ToDictionary(entry => entry.Code, entry => entry.i, StringComparer.Ordinal);
        if (examples.Count > Most)
        {
            throw new TrainingException($"{examples.Count} ECGs are more than one part of a data set can hold ({Most}): give fewer sources, or parts of them.");
        }

        var signals = new float[examples.Count * EcgTensors.Length];
        var present = new bool[examples.Count, labels.Count];
        for (var i = 0; i < examples.Count; i++)
        {
            examples[i].Read(signals.AsSpan(i * EcgTensors.Length, EcgTensors.Length));
            foreach (var code in examples[i].Labels)
            {
                present[i, index[code]] = true;
            }
        }

        return new EcgDataset(examples, signals, present);
    }

    /// <summary>A set of ECGs whose signals are at hand.</summary>
    internal static EcgDataset Of(IReadOnlyList<EcgExample> examples, float[] signals, bool[,] present) => new(examples, signals, present);

    /// <summary>How many ECGs carry each label.</summary>
    public IReadOnlyList<int> Positives() =>
        [.. Enumerable.Range(0, Present.GetLength(1)).Select(label => Enumerable.Range(0, Count).Count(i => Present[i, label]))];
}
