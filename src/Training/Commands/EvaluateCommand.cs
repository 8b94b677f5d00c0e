using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Data;
using EcgIntegration.Training.Evaluation;

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
        var command = new Command("evaluate", "Measures a model bundle on the test fold.") { data, model, fold };
        command.SetAction(parsed =>
        {
            var terminal = Terminal.Of(parsed);
            var bundle = ModelBundle.Load(parsed.GetRequiredValue(model));
            var split = DataSplit.Read(EcgSources.Open(parsed.GetRequiredValue(data)), bundle.Labels);
            SourceReport.Print(terminal, split.Sources);
            var part = parsed.GetValue(fold) == 9 ? split.Validation : split.Test;
            var encoder = File.ReadAllBytes(bundle.EncoderPath);
            var logits = BundleScores.Of(encoder, bundle.LabelMatrix, bundle.EmbeddingWidth, bundle.Calibration.LogitScale, part);
            var metrics = Metrics.Measure(bundle.Labels, logits, part.Present, split.TrainingPositives());
            Print(terminal, bundle, parsed.GetValue(fold), metrics, split.Sources);
            return 0;
        });
        return command;
    }

    private static void Print(Terminal terminal, ModelBundle bundle, int fold, Metrics metrics, IReadOnlyList<SourceSummary> sources)
    {
        if (terminal.Json)
        {
            Console.WriteLine(JsonSerializer.Serialize(
                new { bundle.ModelSha256, fold, metrics.Ecgs, metrics.SuperclassMacro, metrics.SuperclassAuroc, metrics.LabelMacro, metrics.LabelAuroc, metrics.TopOne, metrics.TopFive, sources = sources.Select(source => source.ToJson()) },
                ContractJson.Compact));
            return;
        }

        Console.WriteLine(terminal.Say($"{metrics.Ecgs} ECGs of fold {fold}, model {bundle.ModelSha256}", $"fold {fold} の {metrics.Ecgs} 件、モデル {bundle.ModelSha256}"));
        Print(terminal.Say("superclass", "大分類"), metrics.SuperclassAuroc);
        Print(terminal.Say("label", "所見"), metrics.LabelAuroc);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"superclass macro-AUROC {metrics.SuperclassMacro:F4}, label macro-AUROC {metrics.LabelMacro:F4}, top-1 {metrics.TopOne:F3}, top-5 {metrics.TopFive:F3}"));
    }

    private static void Print(string kind, IReadOnlyDictionary<string, Figure> figures)
    {
        foreach (var (name, figure) in figures.OrderByDescending(entry => entry.Value.Positives))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind} {name,-8} AUROC {figure.Auroc:F3}  n={figure.Positives}"));
        }
    }
}
