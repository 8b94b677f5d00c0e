using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Evaluation;

namespace EcgIntegration.Training.Data;

/// <summary>A data set in the three parts of PTB-XL's recommended split.</summary>
/// <param name="Training">Folds 1-8.</param>
/// <param name="Validation">Fold 9: the epoch, the settings and the calibration are chosen on it.</param>
/// <param name="Test">Fold 10: only ever reported.</param>
internal sealed record DataSplit(EcgDataset Training, EcgDataset Validation, EcgDataset Test)
{
    private static readonly HashSet<int> TrainingFolds = [1, 2, 3, 4, 5, 6, 7, 8];

    /// <summary>Reads a data set.</summary>
    /// <param name="folder">Folder in PTB-XL's layout.</param>
    /// <param name="labels">The label catalogue.</param>
    /// <exception cref="TrainingException">The data cannot be used.</exception>
    public static DataSplit Read(string folder, IReadOnlyList<Label> labels)
    {
        var examples = PtbXlTable.Read(folder, labels.Select(label => label.Code).ToHashSet(StringComparer.Ordinal));
        var split = new DataSplit(
            Part(examples, labels, TrainingFolds.Contains, "1-8"),
            Part(examples, labels, fold => fold == 9, "9"),
            Part(examples, labels, fold => fold == 10, "10"));
        var known = split.TrainingPositives();
        var measurable = split.Validation.Positives().Zip(known).Any(label => label.First is >= Metrics.MinimumPositives && label.First < split.Validation.Count && label.Second > 0);
        return measurable
            ? split
            : throw new TrainingException($"No label of the training folds has {Metrics.MinimumPositives} positives and a negative in strat_fold 9: nothing can be chosen on it.");
    }

    /// <summary>How many training ECGs carry each label of the catalogue.</summary>
    public IReadOnlyList<int> TrainingPositives() => Training.Positives();

    private static EcgDataset Part(IReadOnlyList<EcgExample> examples, IReadOnlyList<Label> labels, Func<int, bool> wanted, string name)
    {
        var chosen = examples.Where(example => wanted(example.Fold)).ToList();
        return chosen.Count > 0
            ? EcgDataset.Read(chosen, labels)
            : throw new TrainingException($"The data set has no ECG with strat_fold {name}: training needs folds 1-8, 9 and 10.");
    }
}
