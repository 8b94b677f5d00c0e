using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Data;
using EcgIntegration.Training.Data.Duplicates;
using EcgIntegration.Training.Evaluation;
using EcgIntegration.Training.Reports;

namespace EcgIntegration.Training.Commands;

/// <summary><c>ecg evaluate</c>: measures a bundle on the test fold, through ONNX Runtime as the Worker runs it.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var data = TrainCommand.DataOption();
        var model = TrainCommand.BundleOption("--model");
        var fold = new Option<int>("--fold") { HelpName = "9|10", Description = "Fold to measure: 10 to report, 9 to choose.", DefaultValueFactory = _ => 10 };
        fold.AcceptOnlyFromAmong("9", "10");
        var other = new Option<string[]>("--other") { HelpName = "DIR", Description = "Folder of ECGs that the model never saw, measured whole, as another hospital; may be repeated." };
        var output = new Option<string>("--out") { HelpName = "DIR", Description = "Folder to write report.html, report.md and metrics.json to." };
        var command = new Command("evaluate", "Measures a model bundle on the test fold, and on other hospitals' data.") { data, model, fold, other, output };
        command.SetAction(parsed =>
        {
            var terminal = Terminal.Of(parsed);
            var bundle = ModelBundle.Load(parsed.GetRequiredValue(model));
            var split = DataSplit.Read(EcgSources.Open(parsed.GetRequiredValue(data)), bundle.Labels).HoldOut(ModelEvaluation.HeldOut(bundle), bundle.Labels);
            SourceReport.Print(terminal, split.Sources);
            var evaluation = ModelEvaluation.Of(bundle, split, parsed.GetValue(fold), Others(terminal, split, parsed.GetValue(other) ?? [], bundle));
            if (parsed.GetValue(output) is { } folder)
            {
                EvaluationReport.Write(folder, evaluation);
                terminal.Progress($"The report is in {folder}.", $"レポートを {folder} に出力しました。");
            }

            var measured = evaluation.Sets[0].Scored;
            Print(terminal, evaluation, parsed.GetValue(fold), Metrics.Measure(bundle.Labels, measured.Logits, measured.Present, split.TrainingPositives()), split.Sources);
            return 0;
        });
        return command;
    }

    private static List<(string Name, EcgDataset Ecgs)> Others(Terminal terminal, DataSplit split, IReadOnlyList<string> folders, ModelBundle bundle)
    {
        var others = new List<(string Name, EcgDataset Ecgs)>();
        foreach (var source in EcgSources.Open(folders))
        {
            var (ecgs, summaries) = DataSplit.ReadWhole([source], bundle.Labels);
            SourceReport.Print(terminal, summaries);
            var unseen = DuplicateEcgs.Without(ecgs, split.Training, split.Validation, split.Test);
            if (unseen.Count < ecgs.Count)
            {
                terminal.Progress(
                    $"{ecgs.Count - unseen.Count} ECGs of {source.About.Name} are among the data of the model and are left out.",
                    $"{source.About.Name} のうち {ecgs.Count - unseen.Count} 件はモデルのデータと同一のため除外しました。");
            }

            others.Add((source.About.Name, unseen));
        }

        return others;
    }

    private static void Print(Terminal terminal, ModelEvaluation evaluation, int fold, Metrics metrics, IReadOnlyList<SourceSummary> sources)
    {
        var bundle = evaluation.Bundle;
        if (terminal.Json)
        {
            Console.WriteLine(JsonSerializer.Serialize(
                new { bundle.ModelSha256, fold, metrics.Ecgs, metrics.SuperclassMacro, metrics.SuperclassAuroc, metrics.LabelMacro, metrics.LabelAuroc, metrics.TopOne, metrics.TopFive, sources = sources.Select(source => source.ToJson()), sets = EvaluationJson.Of(evaluation)["sets"] },
                ContractJson.Compact));
            return;
        }

        Console.WriteLine(terminal.Say($"{metrics.Ecgs} ECGs of fold {fold}, model {bundle.ModelSha256}", $"fold {fold} の {metrics.Ecgs} 件、モデル {bundle.ModelSha256}"));
        Print(terminal.Say("superclass", "大分類"), metrics.SuperclassAuroc);
        Print(terminal.Say("label", "所見"), metrics.LabelAuroc);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"superclass macro-AUROC {metrics.SuperclassMacro:F4}, label macro-AUROC {metrics.LabelMacro:F4}, top-1 {metrics.TopOne:F3}, top-5 {metrics.TopFive:F3}"));
        foreach (var set in evaluation.Sets.Select(set => set.Figures))
        {
            Print(terminal, set);
        }
    }

    private static void Print(Terminal terminal, SetFigures set)
    {
        foreach (var task in set.Tasks.Where(task => task.Targets > 0))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{set.Name}, {set.Ecgs} ECGs, {task.Name}: macro-AUROC {task.MacroAuroc:F3} ({task.Interval.Low:F3}-{task.Interval.High:F3}), n={task.Targets}, {terminal.Say("random encoder with linear probe", "未学習エンコーダー＋線形分類")} {task.Baseline:F3}"));
        }

        if (set.ZeroShot is { } zeroShot)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{set.Name}, zero-shot: macro-AUROC {zeroShot.MacroAuroc:F3} ({zeroShot.Interval.Low:F3}-{zeroShot.Interval.High:F3}), n={zeroShot.Labels.Count}"));
        }
    }

    private static void Print(string kind, IReadOnlyDictionary<string, Figure> figures)
    {
        foreach (var (name, figure) in figures.OrderByDescending(entry => entry.Value.Positives))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind} {name,-8} AUROC {figure.Auroc:F3}  n={figure.Positives}"));
        }
    }
}
