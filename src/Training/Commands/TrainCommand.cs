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
        var command = new Command("train", "Trains the ECG encoder and writes a model bundle.") { data, output, epochs, seed, settings };
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = Terminal.Of(parsed);
            var chosen = ReadSettings(parsed.GetValue(settings));
            chosen = chosen with
            {
                Epochs = parsed.GetResult(epochs) is { Implicit: false } ? parsed.GetValue(epochs) : chosen.Epochs,
                Seed = parsed.GetResult(seed) is { Implicit: false } ? parsed.GetValue(seed) : chosen.Seed,
            };
            Run(terminal, chosen, parsed.GetRequiredValue(data), parsed.GetRequiredValue(output), cancellation);
            return Task.FromResult(0);
        });
        return command;
    }

    // The script ecg names the checkout, so that the defaults do not depend on the folder it is called from.
    private static string InHome(string path) =>
        Environment.GetEnvironmentVariable("ECG_HOME") is { Length: > 0 } home ? Path.Combine(home, path) : path;

    private static void Run(Terminal terminal, TrainingSettings settings, IReadOnlyList<string> dataFolders, string output, CancellationToken cancellation)
    {
        settings.Validate();
        var labels = LabelTable.BuiltIn();
        var data = DataSplit.Read(EcgSources.Open(dataFolders), labels);
        SourceReport.Print(terminal, data.Sources);
        terminal.Progress(
            $"{data.Training.Count} ECGs to learn from, {data.Validation.Count} to choose on, {data.Test.Count} to report on.",
            $"学習 {data.Training.Count} 件、検証 {data.Validation.Count} 件、評価 {data.Test.Count} 件。");
        var textEncoder = new JapaneseTermEncoder();
        var trainer = new Trainer(settings, textEncoder, labels, TimeProvider.System);
        using var model = TrainingProgress.Show(
            terminal, settings.Epochs, report => trainer.Run(data.Training, data.Validation, report, cancellation));
        var bundle = ModelBundleWriter.Write(output, BundleAssembly.Create(model, textEncoder, settings, labels, data));
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

    private static Option<int> Number(string name, string description, int preset, int smallest, int largest) => new(name)
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
