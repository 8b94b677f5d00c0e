using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Data.Duplicates;
using EcgIntegration.Training.Evaluation;

namespace EcgIntegration.Training.Data;

/// <summary>One or several sources in three parts, by the folds of PTB-XL's recommended split.</summary>
/// <param name="Training">Folds 1-8.</param>
/// <param name="Validation">Fold 9: the epoch, the settings and the calibration are chosen on it.</param>
/// <param name="Test">Fold 10: only ever reported.</param>
/// <param name="Sources">What the ECGs are from, in the order given.</param>
internal sealed record DataSplit(EcgDataset Training, EcgDataset Validation, EcgDataset Test, IReadOnlyList<SourceSummary> Sources)
{
    private static readonly HashSet<int> TrainingFolds = [1, 2, 3, 4, 5, 6, 7, 8];

    /// <summary>Reads sources as one data set.</summary>
    /// <param name="sources">The sources.</param>
    /// <param name="labels">The label catalogue.</param>
    /// <exception cref="TrainingException">
    /// The data cannot be used, a patient stands in two folds, or one ECG is there twice where it must not be.
    /// </exception>
    public static DataSplit Read(IReadOnlyList<IEcgSource> sources, IReadOnlyList<Label> labels)
    {
        var (examples, summaries) = Annotations(sources, labels);
        var split = new DataSplit(
            Part(examples, labels, TrainingFolds.Contains, "1-8"),
            Part(examples, labels, fold => fold == 9, "9"),
            Part(examples, labels, fold => fold == 10, "10"),
            summaries);
        DuplicateEcgs.Refuse(split.Training, split.Validation, split.Test);
        var known = split.TrainingPositives();
        var measurable = split.Validation.Positives().Zip(known).Any(label => label.First is >= Metrics.MinimumPositives && label.First < split.Validation.Count && label.Second > 0);
        return measurable
            ? split
            : throw new TrainingException($"No label of the training folds has {Metrics.MinimumPositives} positives and a negative in fold 9 (PTB-XL's strat_fold): nothing can be chosen on it.");
    }

    /// <summary>Reads all ECGs of sources, whatever their fold: for a model that has learned from none of them.</summary>
    /// <param name="sources">The sources.</param>
    /// <param name="labels">The label catalogue.</param>
    /// <exception cref="TrainingException">As for <see cref="Read"/>.</exception>
    public static (EcgDataset Ecgs, IReadOnlyList<SourceSummary> Sources) ReadWhole(IReadOnlyList<IEcgSource> sources, IReadOnlyList<Label> labels)
    {
        var (examples, summaries) = Annotations(sources, labels);
        var ecgs = EcgDataset.Read(examples, labels);
        DuplicateEcgs.Refuse(ecgs);
        return (ecgs, summaries);
    }

    /// <summary>How many training ECGs carry each label of the catalogue.</summary>
    public IReadOnlyList<int> TrainingPositives() => Training.Positives();

    private static (IReadOnlyList<EcgExample> Examples, IReadOnlyList<SourceSummary> Sources) Annotations(
        IReadOnlyList<IEcgSource> sources, IReadOnlyList<Label> labels)
    {
        var examples = new List<EcgExample>();
        var summaries = new List<SourceSummary>();
        foreach (var source in sources)
        {
            var content = source.Read(labels);
            if (content.Examples.Count == 0)
            {
                throw new TrainingException($"The data folder {source.About.Folder} ({source.About.Name}) has no ECG with a label of the catalogue: leave it out, or see to its labels.");
            }

            examples.AddRange(content.Examples);
            summaries.Add(SourceSummary.Of(source.About, content));
        }

        PatientFolds.Check(examples);
        return (examples, summaries);
    }

    private static EcgDataset Part(IReadOnlyList<EcgExample> examples, IReadOnlyList<Label> labels, Func<int, bool> wanted, string name)
    {
        var chosen = examples.Where(example => wanted(example.Fold)).ToList();
        return chosen.Count > 0
            ? EcgDataset.Read(chosen, labels)
            : throw new TrainingException($"The data have no ECG in fold {name} (PTB-XL's strat_fold): training needs folds 1-8, 9 and 10.");
    }
}
