using System.Globalization;
using EcgIntegration.Training.Evaluation;

namespace EcgIntegration.Training.Reports;

/// <summary>The tables of a report, for Markdown and HTML alike.</summary>
internal static class EvaluationTables
{
    private static readonly Dictionary<string, string> TaskNames = new(StringComparer.Ordinal)
    {
        ["all"] = "all labels すべての所見",
        ["diagnostic"] = "diagnostic 診断",
        ["subclass"] = "subclass 小分類",
        ["superclass"] = "superclass 大分類",
        ["form"] = "form 波形",
        ["rhythm"] = "rhythm 調律",
    };

    /// <summary>The tables of one set.</summary>
    public static IReadOnlyList<ReportTable> Of(SetFigures figures) =>
    [
        Tasks(figures),
        Retrieval(figures),
        .. figures.ZeroShot is { } zeroShot ? [ZeroShot(zeroShot)] : Array.Empty<ReportTable>(),
        Confusion(figures.Confusion),
        Calibration(figures),
        Labels(figures),
    ];

    private static ReportTable Tasks(SetFigures figures) => new(
        "Macro-AUROC by task タスク別",
        ["task", "targets", "macro-AUROC", "95 % interval", "macro-F1", "random encoder + linear probe"],
        [.. figures.Tasks.Where(task => task.Targets > 0).Select(task => (IReadOnlyList<string>)[
            TaskNames[task.Name], Whole(task.Targets), Number(task.MacroAuroc), Interval(task.Interval), Number(task.MacroF1), Number(task.Baseline)])]);

    private static ReportTable Retrieval(SetFigures figures) => new(
        "Nearest labels 最近傍の所見",
        ["ECGs", "number", "labels", "top-1", "top-5"],
        [Row("with a label", figures.AllLabels), Row("with exactly one label", figures.SingleLabel)]);

    private static ReportTable ZeroShot(ZeroShotFigures figures) => new(
        "Zero-shot: labels that training was kept from 未学習の所見",
        ["label", "positives", "AUROC"],
        [
            .. figures.Labels.Select(label => (IReadOnlyList<string>)[label.Key, Whole(label.Value.Positives), Number(label.Value.Auroc)]),
            ["mean", "", $"{Number(figures.MacroAuroc)} ({Interval(figures.Interval)})"],
            ["top-1 / top-5 among them", Whole(figures.Restricted.Labels), $"{Number(figures.Restricted.TopOne)} / {Number(figures.Restricted.TopFive)}"],
            ["top-1 / top-5 among all", Whole(figures.Union.Labels), $"{Number(figures.Union.TopOne)} / {Number(figures.Union.TopFive)}"],
        ]);

    private static ReportTable Confusion(SuperclassConfusion confusion) => new(
        "What ECGs of one superclass are taken for 大分類の混同行列",
        ["truth 正解 \\ taken for 判定", .. confusion.Names, "ECGs"],
        [.. confusion.Names.Select((name, truth) => (IReadOnlyList<string>)[
            name, .. confusion.Names.Select((_, taken) => Whole(confusion.Counts[truth, taken])), Whole(confusion.Support(truth))])]);

    private static ReportTable Calibration(SetFigures figures) => new(
        "Probabilities of the calibrated labels 確率の較正",
        ["probabilities", "Brier score", "expected calibration error"],
        [[Whole(figures.Reliability.Count), Number(figures.Reliability.Brier), Number(figures.Reliability.ExpectedCalibrationError)]]);

    private static ReportTable Labels(SetFigures figures) => new(
        "Labels 所見別",
        ["code", "所見", "positives", "AUROC", "95 % interval", "average precision", "F1", "random encoder + linear probe"],
        [.. figures.Labels.OrderByDescending(label => label.Support).Select(label => (IReadOnlyList<string>)[
            label.Label.Code, label.Label.Ja, Whole(label.Support), Number(label.Auroc), Interval(label.Interval),
            Number(label.Curve.AveragePrecision), label.F1 is { } measure ? Number(measure) : "–", Number(label.Baseline)])]);

    private static IReadOnlyList<string> Row(string name, Retrieval retrieval) =>
        [name, Whole(retrieval.Ecgs), Whole(retrieval.Labels), Number(retrieval.TopOne), Number(retrieval.TopFive)];

    private static string Interval(Bootstrap interval) => double.IsNaN(interval.Low) ? "–" : $"{Number(interval.Low)}–{Number(interval.High)}";

    private static string Number(double figure) => double.IsNaN(figure) ? "–" : figure.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);
}
