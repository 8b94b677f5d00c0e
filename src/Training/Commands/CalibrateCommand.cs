using System.CommandLine;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Bundles;
using EcgIntegration.Training.Data;

namespace EcgIntegration.Training.Commands;

/// <summary><c>ecg calibrate</c>: fits a bundle's thresholds anew on fold 9 and leaves its encoder as it is.</summary>
internal static class CalibrateCommand
{
    public static Command Create()
    {
        var data = TrainCommand.DataOption();
        var model = TrainCommand.BundleOption("--model");
        var output = new Option<string?>("--out") { HelpName = "DIR", Description = "Folder of the new bundle; by default that of the old one." };
        var command = new Command("calibrate", "Fits the thresholds of a model bundle anew.") { data, model, output };
        command.SetAction(parsed =>
        {
            var terminal = Terminal.Of(parsed);
            var source = parsed.GetRequiredValue(model);
            var target = parsed.GetValue(output) ?? source;
            var bundle = ModelBundle.Load(source);
            var split = DataSplit.Read(EcgSources.Open(parsed.GetRequiredValue(data)), bundle.Labels);
            SourceReport.Print(terminal, split.Sources);
            BundleReport.Print(terminal, target, ModelBundleWriter.Write(target, BundleAssembly.Recalibrate(bundle, split)));
            return 0;
        });
        return command;
    }
}
