using System.CommandLine;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Commands.Files;
using EcgIntegration.Worker.Commands.Local;
using EcgIntegration.Worker.Pipeline;

namespace EcgIntegration.Worker.Commands;

/// <summary>
/// <c>ecg classify</c>: files in, suggestions out, without servers. A refused ECG is an answer like any other and leaves
/// the exit code at 0; a path that leads nowhere, or a model that fails, makes it 1.
/// </summary>
internal static class ClassifyCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create(Say say)
    {
        var paths = new Argument<string[]>("PATH")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = say(
                "FHIR JSON (Observation, event or Bundle), NDJSON, WFDB header or a folder of them.",
                "FHIR JSON（Observation、イベント、Bundle）、NDJSON、WFDBヘッダー、またはそれらのフォルダー。"),
        };
        var settings = new LocalSettings();
        var model = new Option<string>("--model")
        {
            HelpName = "DIR",
            DefaultValueFactory = _ => settings.ModelPath,
            Description = say("Folder of the model bundle (ECG_Model__Path).", "モデルバンドルのフォルダー（ECG_Model__Path）。"),
        };
        var device = new Option<string>("--device")
        {
            HelpName = "auto|cpu|cuda",
            DefaultValueFactory = _ => settings.ModelDevice,
            Description = say("Where the model runs (ECG_Model__Device).", "モデルを実行するデバイス（ECG_Model__Device）。"),
        };
        device.AcceptOnlyFromAmong("auto", "cpu", "cuda");
        var command = new Command("classify", say(
            "Suggest findings for ECG files, without servers.", "心電図ファイルから所見候補を提示します（サーバー不要）。"))
        {
            paths,
            model,
            device,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            Terminal.Of(parsed),
            parsed.GetRequiredValue(paths),
            parsed.GetRequiredValue(model),
            ReadDevice(parsed.GetRequiredValue(device)),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        Terminal terminal, string[] paths, string model, Device device, CancellationToken cancellationToken)
    {
        var files = EcgFiles.Expand(paths, terminal.Japanese);
        var bundle = ModelBundle.Load(Path.GetFullPath(model));
        await using var classifier = Open(bundle, device);
        terminal.Progress(
            $"Model {classifier.Model.Name} {classifier.Model.Version} on {classifier.Model.Device}. For research; not an approved medical device.",
            $"モデル {classifier.Model.Name} {classifier.Model.Version}（{classifier.Model.Device}）。未承認・研究用。");

        var loaded = new LoadedModel(bundle, classifier, classifier.Model);
        var table = new ClassifyTable(terminal);
        var failed = 0;
        foreach (var file in files)
        {
            var ecg = await ClassifyAsync(file, loaded, cancellationToken);
            failed += ecg.Status is StudyStatus.Failed ? 1 : 0;
            if (terminal.Json)
            {
                await terminal.Output.WriteLineAsync(JsonSerializer.Serialize(ecg, ContractJson.Compact));
            }
            else
            {
                table.Add(ecg);
            }
        }

        if (!terminal.Json)
        {
            table.Write();
        }

        return failed == 0 ? 0 : 1;
    }

    /// <summary>The option takes known names only; a setting of the environment comes unchecked.</summary>
    private static Device ReadDevice(string name) => name.All(char.IsAsciiLetter) && Enum.TryParse<Device>(name, ignoreCase: true, out var device)
        ? device
        : throw new CommandException(
            "Model:Device must be one of auto, cpu, cuda.", "Model:Device は auto・cpu・cuda のいずれかで指定してください。");

    private static EcgClassifier Open(ModelBundle bundle, Device device)
    {
        try
        {
            // One ECG at a time: there are no companions to wait for.
            var options = new ModelOptions { Device = device, MaxDelay = TimeSpan.Zero };
            return EcgClassifier.Load(bundle, options, TimeProvider.System);
        }
        catch (DeviceUnavailableException e)
        {
            throw new CommandException(e.Message, e);
        }
    }

    private static async Task<ClassifiedEcg> ClassifyAsync(EcgFile file, LoadedModel model, CancellationToken cancellationToken)
    {
        var read = file.Read();
        if (read.Recording is not { } recording)
        {
            return ClassifiedEcg.Without(file.Source, StudyStatus.Rejected, read.Reasons);
        }

        try
        {
            var analysis = await EcgAnalyser.AnalyseAsync(
                model, recording, EventPriority.Routine, WindowPriority.Foreground, cancellationToken);
            return ClassifiedEcg.Of(file.Source, analysis.Verdict);
        }
        catch (ModelOutputException)
        {
            return ClassifiedEcg.Without(file.Source, StudyStatus.Failed, [ClassificationReasons.ModelOutput.At(null)]);
        }
    }
}
