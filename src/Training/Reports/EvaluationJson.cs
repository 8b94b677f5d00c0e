using System.Text.Json.Nodes;
using EcgIntegration.Training.Evaluation;

namespace EcgIntegration.Training.Reports;

/// <summary>An evaluation for programs: <c>metrics.json</c>.</summary>
internal static class EvaluationJson
{
    /// <summary>Name of the file.</summary>
    public const string File = "metrics.json";

    /// <summary>All figures; what cannot be measured is null.</summary>
    public static JsonObject Of(ModelEvaluation evaluation) => new()
    {
        ["modelSha256"] = evaluation.Bundle.ModelSha256,
        ["sets"] = new JsonArray([.. evaluation.Sets.Select(set => (JsonNode)Set(set.Figures))]),
    };

    private static JsonObject Set(SetFigures figures) => new()
    {
        ["name"] = figures.Name,
        ["ecgs"] = figures.Ecgs,
        ["tasks"] = new JsonArray([.. figures.Tasks.Select(task => (JsonNode)new JsonObject
        {
            ["task"] = task.Name,
            ["targets"] = task.Targets,
            ["macroAuroc"] = Number(task.MacroAuroc),
            ["interval"] = Interval(task.Interval),
            ["macroF1"] = Number(task.MacroF1),
            ["baselineMacroAuroc"] = Number(task.Baseline),
        })]),
        ["labels"] = new JsonArray([.. figures.Labels.Select(label => (JsonNode)new JsonObject
        {
            ["code"] = label.Label.Code,
            ["positives"] = label.Support,
            ["auroc"] = Number(label.Auroc),
            ["interval"] = Interval(label.Interval),
            ["averagePrecision"] = Number(label.Curve.AveragePrecision),
            ["f1"] = label.F1 is { } measure ? Number(measure) : null,
            ["baselineAuroc"] = Number(label.Baseline),
        })]),
        ["retrieval"] = Retrieval(figures.AllLabels),
        ["retrievalOfSingleLabelEcgs"] = Retrieval(figures.SingleLabel),
        ["superclassConfusion"] = new JsonObject
        {
            ["classes"] = new JsonArray([.. figures.Confusion.Names.Select(name => (JsonNode)name)]),
            ["ecgsByTruthThenTaken"] = new JsonArray([.. Enumerable.Range(0, figures.Confusion.Names.Count).Select(truth => (JsonNode)new JsonArray(
                [.. Enumerable.Range(0, figures.Confusion.Names.Count).Select(taken => (JsonNode)figures.Confusion.Counts[truth, taken])]))]),
        },
        ["zeroShot"] = figures.ZeroShot is { } zeroShot ? ZeroShot(zeroShot) : null,
        ["calibration"] = new JsonObject
        {
            ["probabilities"] = figures.Reliability.Count,
            ["brier"] = Number(figures.Reliability.Brier),
            ["expectedCalibrationError"] = Number(figures.Reliability.ExpectedCalibrationError),
        },
    };

    private static JsonObject ZeroShot(ZeroShotFigures figures) => new()
    {
        ["macroAuroc"] = Number(figures.MacroAuroc),
        ["interval"] = Interval(figures.Interval),
        ["labels"] = new JsonObject(figures.Labels.Select(label => KeyValuePair.Create<string, JsonNode?>(
            label.Key, new JsonObject { ["auroc"] = Number(label.Value.Auroc), ["positives"] = label.Value.Positives }))),
        ["retrievalAmongThem"] = Retrieval(figures.Restricted),
        ["retrievalAmongAll"] = Retrieval(figures.Union),
    };

    private static JsonObject Retrieval(Retrieval retrieval) => new()
    {
        ["ecgs"] = retrieval.Ecgs,
        ["labels"] = retrieval.Labels,
        ["topOne"] = Number(retrieval.TopOne),
        ["topFive"] = Number(retrieval.TopFive),
    };

    private static JsonArray? Interval(Bootstrap interval) =>
        double.IsNaN(interval.Low) ? null : [Number(interval.Low), Number(interval.High)];

    private static JsonValue? Number(double figure) => double.IsFinite(figure) ? JsonValue.Create(Math.Round(figure, 4)) : null;
}
