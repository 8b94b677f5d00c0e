using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Bundles;
using EcgIntegration.Training.Catalogue;
using EcgIntegration.Training.Data;
using EcgIntegration.Training.Learning;
using EcgIntegration.Training.Text;

namespace EcgIntegration.Training.Commands;

/// <summary><c>ecg train</c>: data in, model bundle out.</summary>
internal static class TrainCommand
{
    private static readonly TrainingSettings Defaults = new();

    /// <summary>Folders of the data, for every verb that needs them.</summary>
    public static Option<string[]> DataOption() => new("--data")
    {
        HelpName = "DIR",
        Arity = ArgumentArity.OneOrMore,
        Description = "Folder of PTB-XL, LUDB, CinC, MIT-BIH or a hospital's own ECGs; several times for several. By default ECG_DATA, else data/ptbxl.",
        DefaultValueFactory = _ => [Environment.GetEnvironmentVariable("ECG_DATA") is { Length: > 0 } folder ? folder : InHome("data/ptbxl")],
    };

    /// <summary>Folder of a model bundle, by default the shipped one.</summary>
    public static Option<string> BundleOption(string name) => new(name)
    {
        HelpName = "DIR",
        Description = "Folder of the bundle; by default models/default.",
        DefaultValueFactory = _ => InHome("models/default"),
    };

    public static Command Create()
    {
        var data = DataOption();
        var output = BundleOption("--out");
        var epochs = Number("--epochs", "Passes over the training folds.", Defaults.Epochs, 1, 10_000);
        var seed = Number("--seed", "Seed of weights, order and augmentation.", Defaults.Seed, 0, int.MaxValue);
        var settings = new Option<FileInfo>("--settings") { HelpName = "FILE", Description = "Other settings as JSON, under the names that model-card.json lists." };
        settings.AcceptExistingOnly();
        var device = new Option<string>("--device") { HelpName = "auto|cpu|cuda", Description = "Where to train; auto is the GPU where there is one.", DefaultValueFactory = _ => "auto" };
        device.AcceptOnlyFromAmong([.. TrainingDevice.Names]);
        var checkpoint = new Option<string>("--checkpoint") { HelpName = "FILE", Description = "Where the run is kept after each epoch; by default beside the bundle. Deleted once the bundle is written." };
        var resume = new Option<bool>("--resume") { Description = "Go on with the run that the checkpoint holds, with its settings." };
        var holdOut = new Option<string>("--hold-out") { HelpName = "CODES", Description = "Labels, by comma, that training is kept from; evaluate then measures zero-shot on them." };
        var text = new TextEncoderOptions();
        var command = new Command("train", "Trains the ECG encoder and writes a model bundle.") { data, output, epochs, seed, settings, holdOut, device, checkpoint, resume };
        text.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var terminal = Terminal.Of(parsed);
            var bundle = parsed.GetRequiredValue(output);
            var kept = new Checkpoint(parsed.GetValue(checkpoint) ?? Path.TrimEndingDirectorySeparator(bundle) + ".checkpoint");
            var run = new RunStorage(kept, parsed.GetValue(resume));
            var chosen = parsed.GetResult(settings) is null && run.Resume ? kept.Identify().Settings : ReadSettings(parsed.GetValue(settings));
            chosen = chosen with
            {
                Epochs = parsed.GetResult(epochs) is { Implicit: false } ? parsed.GetValue(epochs) : chosen.Epochs,
                HoldOut = parsed.GetValue(holdOut) ?? chosen.HoldOut,
                Seed = parsed.GetResult(seed) is { Implicit: false } ? parsed.GetValue(seed) : chosen.Seed,
            };
            await RunAsync(
                terminal, chosen, text.Create(parsed), parsed.GetRequiredValue(data), bundle, run, TrainingDevice.Choose(parsed.GetRequiredValue(device)), cancellation);
            return 0;
        });
        return command;
    }

    // The script ecg names the checkout, so that the defaults do not depend on the folder it is called from.
    internal static string InHome(string path) =>
        Environment.GetEnvironmentVariable("ECG_HOME") is { Length: > 0 } home ? Path.Combine(home, path) : path;

    private static async Task RunAsync(
        Terminal terminal, TrainingSettings settings, ITextEncoder textEncoder, IReadOnlyList<string> dataFolders, string output, RunStorage run, TorchSharp.torch.Device device, CancellationToken cancellation)
    {
        settings.Validate();
        var labels = LabelTable.BuiltIn();
        var data = DataSplit.Read(EcgSources.Open(dataFolders), labels).HoldOut(settings.HeldOut(), labels);
        SourceReport.Print(terminal, data.Sources);
        terminal.Progress(
            $"{data.Training.Count} ECGs to learn from, {data.Validation.Count} to choose on, {data.Test.Count} to report on.",
            $"学習 {data.Training.Count} 件、検証 {data.Validation.Count} 件、評価 {data.Test.Count} 件。");
        var texts = await textEncoder.EncodeAsync([.. labels.Select(label => label.Ja)], cancellation);
        var trainer = new Trainer(settings, texts, labels, device, TimeProvider.System);
        using var model = TrainingProgress.Show(
            terminal, settings.Epochs, report => trainer.Run(data.Training, data.Validation, run, report, cancellation));
        var bundle = ModelBundleWriter.Write(output, BundleAssembly.Create(model, texts, settings, labels, data));
        run.Checkpoint.Delete();
        BundleReport.Print(terminal, output, bundle);
    }

    private static TrainingSettings ReadSettings(FileInfo? file)
    {
        try
        {
            return file is null
                ? Defaults
                : JsonSerializer.Deserialize<TrainingSettings>(File.ReadAllText(file.FullName), ContractJson.Compact) ?? Defaults;
        }
        catch (JsonException e)
        {
            throw new TrainingException($"The settings file is not the JSON expected, at {e.Path}, line {e.LineNumber + 1}: use the names of model-card.json.", e);
        }
    }

    /// <summary>An option that is a whole number within bounds.</summary>
    internal static Option<int> Number(string name, string description, int preset, int smallest, int largest) => new(name)
    {
        HelpName = "N",
        Description = description,
        DefaultValueFactory = _ => preset,
        CustomParser = result =>
        {
            if (result.Tokens is [var token]
                && int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= smallest && value <= largest)
            {
                return value;
            }

            result.AddError($"{name} must be a whole number from {smallest} to {largest}");
            return preset;
        },
    };
}
