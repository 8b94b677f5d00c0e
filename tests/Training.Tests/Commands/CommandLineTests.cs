using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Commands;
using EcgIntegration.Training.Tests.Support;

namespace EcgIntegration.Training.Tests.Commands;

public sealed class CommandLineTests : IDisposable
{
    private readonly PtbXlFolder _data = new();

    [Theory]
    [InlineData("train", "--epochs", "many")]
    [InlineData("train", "--epochs", "0")]
    [InlineData("train", "--nonsense")]
    [InlineData("teach")]
    [InlineData("train", "--lang", "fr")]
    public async Task Wrong_usage_is_2_and_one_line(params string[] arguments)
    {
        var (code, _, error) = await RunAsync(arguments);

        Assert.Equal(2, code);
        Assert.Single(error.Trim().Split('\n'));
        Assert.DoesNotContain("System.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_data_folder_is_1_and_one_sentence()
    {
        var (code, output, error) = await RunAsync("train", "--data", "/nowhere", "--lang", "en");

        Assert.Equal((1, string.Empty), (code, output));
        Assert.Single(error.Trim().Split('\n'));
        Assert.Contains("--data", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Label_texts_are_embedded_into_a_file_that_a_training_can_read()
    {
        var file = _data.PathOf("embeddings.json");
        var (code, output, error) = await RunAsync("embed", "--text-encoder", "ngrams", "--prompt", "所見: {label}", "--out", file, "--json");

        Assert.True(code == 0, error);
        Assert.Equal((148, 256), ((int)JsonNode.Parse(output)!["texts"]!, (int)JsonNode.Parse(output)!["width"]!));
        var encoder = new TextEncoderOptions();
        var command = new Command("train");
        encoder.AddTo(command);
        var read = await encoder.Create(command.Parse(["--text-encoder", file])).EncodeAsync(["心房細動"], TestContext.Current.CancellationToken);
        Assert.Equal(("ja-char-ngrams-v1 [所見: {label}]", 256), (read.Encoder, read.Width));

        (code, _, error) = await RunAsync("embed", "--text-encoder", "http://127.0.0.1:9/v1", "--out", file);
        Assert.Equal(1, code);
        Assert.Contains("--text-model", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_gpu_and_a_missing_checkpoint_are_1_and_one_sentence()
    {
        Assert.SkipWhen(TorchSharp.torch.cuda.is_available(), "CUDA works here.");
        var (code, _, error) = await RunAsync("train", "--data", _data.Root, "--device", "cuda");
        Assert.Equal(1, code);
        Assert.Contains("--device cpu", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);

        (code, _, error) = await RunAsync("train", "--data", _data.Root, "--out", _data.PathOf("bundle"), "--resume");
        Assert.Equal(1, code);
        Assert.Contains("bundle.checkpoint", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cut_off_signal_file_is_1_and_named()
    {
        _data.Add(1, "1", 1, "{'NORM': 80.0}");
        File.WriteAllBytes(_data.PathOf("records100/00001_lr.dat"), new byte[100]);

        var (code, _, error) = await RunAsync("train", "--data", _data.Root);

        Assert.Equal(1, code);
        Assert.Single(error.Trim().Split('\n'));
        Assert.Contains("00001_lr.dat", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_ecg_in_two_of_the_folders_given_is_1_and_both_are_named()
    {
        using var cinc = DataFolder.Cinc();
        using var copy = DataFolder.Cinc();
        for (var i = 0; i < 3; i++)
        {
            _data.Add(i, $"{i}", 8 + i, "{'NORM': 80.0}");
        }

        var (code, output, error) = await RunAsync("train", "--data", _data.Root, "--data", cinc.Root, "--data", copy.Root);

        Assert.Equal((1, string.Empty), (code, output));
        Assert.Single(error.Trim().Split('\n'));
        Assert.Contains("JS20003", error, StringComparison.Ordinal);
        Assert.Contains(copy.Root, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_say_what_each_source_gave_and_what_did_not_map()
    {
        AddThirtySix();
        using var ludb = DataFolder.Ludb();

        var (code, output, error) = await RunAsync("evaluate", "--data", _data.Root, "--data", ludb.Root, "--model", Repository.Bundle, "--json");

        Assert.True(code == 0, error);
        var sources = JsonNode.Parse(output)!["sources"]!.AsArray();
        Assert.Equal([("PTB-XL", 36), ("LUDB", 2)], sources.Select(source => ((string)source!["name"]!, (int)source["ecgs"]!)));
        Assert.Equal(1, (int)sources[1]!["unmapped"]!["Left ventricular overload"]!);
    }

    [Fact]
    public async Task Help_tells_the_defaults()
    {
        var (code, output, _) = await RunAsync("train", "--help");

        Assert.Equal(0, code);
        Assert.Contains("--epochs", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_writes_a_bundle_that_loads_and_can_be_measured_and_calibrated()
    {
        AddThirtySix();
        var output = _data.PathOf("bundle");
        var settings = _data.PathOf("settings.json");
        await File.WriteAllTextAsync(settings, """{ "batchSize": 4, "mixup": 0.2 }""", TestContext.Current.CancellationToken);

        var (code, result, error) = await RunAsync("train", "--data", _data.Root, "--out", output, "--epochs", "1", "--seed", "3", "--hold-out", "CLBBB", "--settings", settings, "--json");

        Assert.True(code == 0, error);
        Assert.Equal("", error);
        var bundle = ModelBundle.Load(output);
        Assert.Equal(bundle.ModelSha256, (string?)JsonNode.Parse(result)!["modelSha256"]);
        Assert.False(File.Exists(output + ".checkpoint"));
        Assert.Equal((1, 3, 4), ((int)bundle.Card.Training["epochs"]!, (int)bundle.Card.Training["seed"]!, (int)bundle.Card.Training["batchSize"]!));
        Assert.True((double)bundle.Card.Metrics["onnxParity"]!["largestDifference"]! <= 1e-4);

        (code, result, error) = await RunAsync("evaluate", "--data", _data.Root, "--model", output, "--out", _data.PathOf("report"), "--json");
        Assert.True(code == 0, error);
        Assert.Equal(12, (int)JsonNode.Parse(result)!["ecgs"]!);
        AssertReport(_data.PathOf("report"), bundle.ModelSha256);

        (code, result, error) = await RunAsync("export", "--data", _data.Root, "--model", output, "--out", _data.PathOf("export"), "--json");
        Assert.True(code == 0, error);
        Assert.Equal(["model.onnx", "model.fp16.onnx"], JsonNode.Parse(result)!["encoders"]!.AsArray().Select(encoder => (string?)encoder!["name"]));
        Assert.All(JsonNode.Parse(result)!["encoders"]!.AsArray(), encoder => Assert.InRange((double)encoder!["embedding"]!, 0, 1e-2));
        Assert.Equal(
            ["MODEL_CARD.ja.md", "MODEL_CARD.md", "model.fp16.onnx", "model.onnx"],
            Directory.GetFiles(_data.PathOf("export")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains(bundle.ModelSha256, await File.ReadAllTextAsync(_data.PathOf("export/MODEL_CARD.ja.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        var halved = ModelBundle.Load(_data.PathOf("export/fp16"));
        Assert.Equal(halved.ModelSha256, (string?)JsonNode.Parse(result)!["fp16ModelSha256"]);
        Assert.NotEqual(bundle.ModelSha256, halved.ModelSha256);
        Assert.Equal(("fp16", bundle.ModelSha256), ((string?)halved.Card.Training[ModelCard.Precision], (string?)halved.Card.Training["singlePrecision"]));
        Assert.Equal(await File.ReadAllBytesAsync(_data.PathOf("export/model.fp16.onnx"), TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(halved.EncoderPath, TestContext.Current.CancellationToken));
        (code, _, error) = await RunAsync("evaluate", "--data", _data.Root, "--model", _data.PathOf("export/fp16"), "--json");
        Assert.True(code == 0, error);

        // Calibration comes from the written files alone, so doing it again changes nothing.
        (code, _, error) = await RunAsync("calibrate", "--data", _data.Root, "--model", output);
        Assert.True(code == 0, error);
        Assert.Equal(bundle.ModelSha256, ModelBundle.Load(output).ModelSha256);
    }

    [Fact]
    public async Task A_label_that_cannot_be_held_out_is_named()
    {
        for (var i = 0; i < 36; i++)
        {
            _data.Add(i, $"{i}", i < 12 ? 1 : i < 24 ? 9 : 10, i % 2 == 0 ? "{'NORM': 100.0}" : "{'LVH': 100.0}");
        }

        var (code, _, error) = await RunAsync("train", "--data", _data.Root, "--out", _data.PathOf("bundle"), "--hold-out", "NONE");

        Assert.Equal(1, code);
        Assert.Contains("NONE", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    public void Dispose() => _data.Dispose();

    private static void AssertReport(string folder, string model)
    {
        var metrics = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "metrics.json")))!;
        var set = metrics["sets"]![0]!;
        Assert.Equal((model, "fold 10", 12), ((string?)metrics["modelSha256"], (string?)set["name"], (int)set["ecgs"]!));
        Assert.Equal(2, (int)set["zeroShot"]!["labels"]!["CLBBB"]!["positives"]!);
        Assert.DoesNotContain(set["labels"]!.AsArray(), label => (string?)label!["code"] == "CLBBB");
        Assert.InRange((double)set["tasks"]!.AsArray().Single(task => (string?)task!["task"] == "superclass")!["baselineMacroAuroc"]!, 0, 1);
        var (markdown, html) = (File.ReadAllText(Path.Combine(folder, "report.md")), File.ReadAllText(Path.Combine(folder, "report.html")));
        Assert.All([markdown, html], text => Assert.Contains("左室肥大", text, StringComparison.Ordinal));
        Assert.All([markdown, html], text => Assert.Contains("arXiv 2403.06659", text, StringComparison.Ordinal));
        Assert.Equal(6, html.Split("data:image/svg+xml").Length - 1);
        Assert.InRange((double)set["tasks"]!.AsArray().Single(task => (string?)task!["task"] == "superclass")!["macroF1"]!, 0, 1);
        Assert.Contains("NORM", set["superclassConfusion"]!["classes"]!.AsArray().Select(name => (string?)name));
        Assert.Equal(set["superclassConfusion"]!["classes"]!.AsArray().Count, set["superclassConfusion"]!["ecgsByTruthThenTaken"]!.AsArray().Count);
        Assert.Equal(["metrics.json", "report.html", "report.md"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
    }

    private void AddThirtySix()
    {
        for (var i = 0; i < 36; i++)
        {
            _data.Add(i, $"{i}", i < 12 ? 1 : i < 24 ? 9 : 10, i % 2 == 0 ? "{'NORM': 100.0}" : i % 3 == 0 ? "{'LVH': 100.0, 'CLBBB': 100.0}" : "{'LVH': 100.0}");
        }
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "EcgIntegration.Training.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
