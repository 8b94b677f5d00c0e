using EcgIntegration.Contracts.Bundles;

namespace EcgIntegration.Training.Evaluation;

/// <summary>All figures of one set of ECGs.</summary>
/// <param name="Name">The set, for example <c>fold 10</c>.</param>
/// <param name="Ecgs">ECGs in it.</param>
/// <param name="Tasks">By task.</param>
/// <param name="Labels">By label that can be measured.</param>
/// <param name="AllLabels">Retrieval over the trained labels.</param>
/// <param name="SingleLabel">The same over ECGs with one label (METS protocol).</param>
/// <param name="Confusion">What the ECGs of each superclass are taken for.</param>
/// <param name="ZeroShot">Labels that training was kept from; <see langword="null"/> where there are none.</param>
/// <param name="Reliability">Of the calibrated labels' probabilities.</param>
internal sealed record SetFigures(
    string Name,
    int Ecgs,
    IReadOnlyList<TaskFigures> Tasks,
    IReadOnlyList<LabelFigures> Labels,
    Retrieval AllLabels,
    Retrieval SingleLabel,
    SuperclassConfusion Confusion,
    ZeroShotFigures? ZeroShot,
    Reliability Reliability)
{
    /// <summary>Measures a set.</summary>
    /// <param name="name">Name of the set.</param>
    /// <param name="model">The model.</param>
    /// <param name="set">The ECGs, scored by the model.</param>
    /// <param name="baseline">The same ECGs, scored by linear probes on an encoder that was never trained.</param>
    /// <param name="thresholds">Scores at which a label or class counts as present, from the validation fold.</param>
    public static SetFigures Measure(string name, EvaluatedModel model, ScoredSet set, ScoredSet baseline, FThresholds thresholds)
    {
        var baselines = LabelGroups.Of(model.Labels, baseline, model.TrainingPositives).ToDictionary(task => task.Name, StringComparer.Ordinal);
        var tasks = LabelGroups.Of(model.Labels, set, model.TrainingPositives);
        var index = model.Labels.Index().ToDictionary(label => label.Item.Code, label => label.Index, StringComparer.Ordinal);
        return new SetFigures(
            name,
            set.Count,
            [.. tasks.Select(task => new TaskFigures(
                task.Name, task.Targets.Count, task.MacroAuroc, task.Interval(), Mean(task.Targets.Select(target => thresholds.F1(task.Name, target))), baselines[task.Name].MacroAuroc))],
            [.. tasks[0].Targets.Select(target => new LabelFigures(
                model.Labels[index[target.Name]], target.Support, target.Auroc, Bootstrap.Of(set.Count, target.AurocOver),
                RankingCurve.Of(target.Scores, target.Positives), thresholds.F1(tasks[0].Name, target), baseline.Target(target.Name, index[target.Name]).Auroc))],
            Retrieval.Over(set.Logits, set.Present, model.Trained),
            Retrieval.OverSingleLabel(set.Logits, set.Present, model.Trained),
            SuperclassConfusion.Of(tasks.Single(task => task.Name == Superclasses.Task), thresholds),
            ZeroShotFigures.Measure(model, set),
            Reliability.Of(model.Labels, model.Calibration, set));
    }

    private static double Mean(IEnumerable<double?> figures) => figures.OfType<double>().DefaultIfEmpty(double.NaN).Average();
}

/// <summary>What is measured.</summary>
/// <param name="Labels">Its label catalogue.</param>
/// <param name="TrainingPositives">How many ECGs each label was learned from; 0 for those held out.</param>
/// <param name="HeldOut">Codes of the labels that training was kept from.</param>
/// <param name="Calibration">Its calibration.</param>
internal sealed record EvaluatedModel(
    IReadOnlyList<Label> Labels, IReadOnlyList<int> TrainingPositives, IReadOnlyList<string> HeldOut, Calibration Calibration)
{
    /// <summary>Indexes of the labels that it has learned.</summary>
    public IReadOnlyList<int> Trained { get; } = [.. Enumerable.Range(0, Labels.Count).Where(label => TrainingPositives[label] > 0)];
}

/// <summary>Figures of one task.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Targets">Labels or classes measured.</param>
/// <param name="MacroAuroc">Mean AUROC.</param>
/// <param name="Interval">95 % interval of it.</param>
/// <param name="MacroF1">Mean F1 at the thresholds of the validation fold, over the labels or classes that it gave one.</param>
/// <param name="Baseline">Mean AUROC of linear probes on an encoder that was never trained.</param>
internal sealed record TaskFigures(string Name, int Targets, double MacroAuroc, Bootstrap Interval, double MacroF1, double Baseline);

/// <summary>Figures of one label.</summary>
/// <param name="Label">The label.</param>
/// <param name="Support">ECGs that carry it.</param>
/// <param name="Auroc">AUROC.</param>
/// <param name="Interval">95 % interval of it.</param>
/// <param name="Curve">ROC and precision over recall.</param>
/// <param name="F1">At the threshold of the validation fold.</param>
/// <param name="Baseline">AUROC of a linear probe on an encoder that was never trained.</param>
internal sealed record LabelFigures(Label Label, int Support, double Auroc, Bootstrap Interval, RankingCurve Curve, double? F1, double Baseline);

/// <summary>What is told apart without having been learned.</summary>
/// <param name="Labels">AUROC and support of each held-out label of the set.</param>
/// <param name="MacroAuroc">Their mean.</param>
/// <param name="Interval">95 % interval of it.</param>
/// <param name="Restricted">Retrieval among the held-out labels alone.</param>
/// <param name="Union">Retrieval among the trained and the held-out labels, over ECGs that carry a held-out one.</param>
internal sealed record ZeroShotFigures(
    IReadOnlyDictionary<string, Figure> Labels, double MacroAuroc, Bootstrap Interval, Retrieval Restricted, Retrieval Union)
{
    /// <summary>Measures the held-out labels.</summary>
    public static ZeroShotFigures? Measure(EvaluatedModel model, ScoredSet set)
    {
        var held = Enumerable.Range(0, model.Labels.Count).Where(label => model.HeldOut.Contains(model.Labels[label].Code)).ToList();
        if (held.Count == 0)
        {
            return null;
        }

        var task = new ScoredTask("zero-shot", [.. held.Select(label => set.Target(model.Labels[label].Code, label)).Where(target => target.IsMeasurable(1))]);
        var with = set.Where(ecg => held.Any(label => set.Present[ecg, label]));
        return new ZeroShotFigures(
            task.Targets.ToDictionary(target => target.Name, target => new Figure(target.Auroc, target.Support), StringComparer.Ordinal),
            task.MacroAuroc,
            task.Interval(),
            Retrieval.Over(with.Logits, with.Present, held),
            Retrieval.Over(with.Logits, with.Present, [.. model.Trained, .. held]));
    }
}
