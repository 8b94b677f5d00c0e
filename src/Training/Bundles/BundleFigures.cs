using System.Text.Json.Nodes;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Data;
using EcgIntegration.Training.Evaluation;

namespace EcgIntegration.Training.Bundles;

/// <summary>A bundle's calibration and the figures of its card, from the encoder and label matrix as they are shipped.</summary>
/// <param name="Calibration">Fitted on the validation fold.</param>
/// <param name="Metrics">Measured on the validation and test folds.</param>
internal sealed record BundleFigures(Calibration Calibration, JsonObject Metrics)
{
    /// <summary>How the calibration was made, for the card.</summary>
    public static string Method =>
        $"Platt scaling and largest F-measure (beta 0.5 normal, 2 urgent or critical, else 1) on the validation fold; labels with at least {Calibrator.MinimumPositives} positives and AUROC {Calibrator.MinimumAuroc:0.##}";

    /// <summary>Calibrates on fold 9 and measures folds 9 and 10.</summary>
    public static BundleFigures Measure(IReadOnlyList<Label> labels, byte[] encoder, float[] labelMatrix, int width, double scale, DataSplit data)
    {
        var training = data.TrainingPositives();
        var validation = BundleScores.Of(encoder, labelMatrix, width, scale, data.Validation);
        var test = BundleScores.Of(encoder, labelMatrix, width, scale, data.Test);
        var calibration = Calibrator.Fit(labels, (float)scale, validation, data.Validation.Present, training);
        return new BundleFigures(calibration, new JsonObject
        {
            ["superclassScore"] = "log-sum-exp of the logits of the superclass's trained labels",
            ["validation"] = Fold(9, Evaluation.Metrics.Measure(labels, validation, data.Validation.Present, training)),
            ["test"] = Fold(10, Evaluation.Metrics.Measure(labels, test, data.Test.Present, training)),
            ["probabilities"] = new JsonObject
            {
                ["validation"] = Probabilities(9, Reliability.Of(labels, calibration, new ScoredSet(validation, data.Validation.Present))),
                ["test"] = Probabilities(10, Reliability.Of(labels, calibration, new ScoredSet(test, data.Test.Present))),
            },
            ["testAtThreshold"] = AtThreshold(labels, calibration, test, data.Test.Present),
        });
    }

    private static JsonObject Fold(int fold, Metrics metrics) => new()
    {
        ["fold"] = fold,
        ["ecgs"] = metrics.Ecgs,
        ["superclassMacroAuroc"] = Round(metrics.SuperclassMacro),
        ["superclassAuroc"] = Figures(metrics.SuperclassAuroc),
        ["labelMacroAuroc"] = Round(metrics.LabelMacro),
        ["labelsMeasured"] = metrics.LabelAuroc.Count,
        ["labelAuroc"] = Figures(metrics.LabelAuroc),
        ["topOne"] = Round(metrics.TopOne),
        ["topFive"] = Round(metrics.TopFive),
    };

    /// <summary>Of the calibrated labels; the fold they were fitted on flatters them.</summary>
    private static JsonObject Probabilities(int fold, Reliability reliability) => new()
    {
        ["fold"] = fold,
        ["count"] = reliability.Count,
        ["brier"] = Round(reliability.Brier),
        ["expectedCalibrationError"] = Round(reliability.ExpectedCalibrationError),
    };

    private static JsonObject Figures(IReadOnlyDictionary<string, Figure> figures) => new(figures.Select(figure =>
        KeyValuePair.Create<string, JsonNode?>(figure.Key, new JsonObject { ["auroc"] = Round(figure.Value.Auroc), ["positives"] = figure.Value.Positives })));

    private static JsonObject AtThreshold(IReadOnlyList<Label> labels, Calibration calibration, float[,] logits, bool[,] present)
    {
        var result = new JsonObject();
        foreach (var entry in calibration.Labels)
        {
            var label = labels.Index().Single(candidate => candidate.Item.Code == entry.Code).Index;
            var counts = Confusion.Count(entry, label, logits, present);
            result[entry.Code] = new JsonObject
            {
                ["truePositives"] = counts.TruePositives,
                ["falsePositives"] = counts.FalsePositives,
                ["falseNegatives"] = counts.FalseNegatives,
                ["trueNegatives"] = counts.TrueNegatives,
            };
        }

        return result;
    }

    // JSON has no NaN: what could not be measured is null.
    private static double? Round(double figure) => double.IsNaN(figure) ? null : Math.Round(figure, 4);
}
