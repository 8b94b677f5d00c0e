using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Catalogue;
using EcgIntegration.Training.Data;

namespace EcgIntegration.Training.Tests.Learning;

/// <summary>ECG-like signals that differ by label, for tests that need learning but no patient.</summary>
internal static class SmallData
{
    /// <summary>The shipped catalogue.</summary>
    public static IReadOnlyList<Label> Labels { get; } = LabelTable.BuiltIn();

    private static EcgSourceDescription Source { get; } = new("made", "memory", "none", "none", "none", "one a signal");

    /// <summary>ECGs that take turns between labels; each label has a rate of its own.</summary>
    public static EcgDataset Create(int count, params string[] codes)
    {
        var random = new Random(11);
        var examples = Enumerable.Range(0, count)
            .Select(i => new EcgExample($"{i}", Source, $"{i}", 1, new HashSet<string> { codes[i % codes.Length] }, tensor => tensor.Clear()))
            .ToList();
        var signals = new float[count * EcgTensors.Length];
        var present = new bool[count, Labels.Count];
        for (var i = 0; i < count; i++)
        {
            var kind = i % codes.Length;
            present[i, Labels.Index().Single(label => label.Item.Code == codes[kind]).Index] = true;
            for (var sample = 0; sample < EcgTensors.Length; sample++)
            {
                var phase = sample % EcgTensors.Samples * (kind + 1) * 0.05;
                signals[(i * EcgTensors.Length) + sample] = (float)(Math.Sin(phase) + (0.3 * random.NextDouble()));
            }
        }

        return EcgDataset.Of(examples, signals, present);
    }
}
