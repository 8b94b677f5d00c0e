using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Signals;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Commands;
using EcgIntegration.Worker.Tests.Support;

namespace EcgIntegration.Worker.Tests.Commands;

public sealed class ClassifyCommandTests : IDisposable
{
    private readonly TestBundle _bundle = TestBundle.Create();
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Json_is_a_line_an_ecg_with_every_label()
    {
        File.WriteAllBytes(_folder.File("a.json"), SyntheticEcg.Observation());

        var (exitCode, output) = await RunAsync(_folder.File("a.json"), "--json");

        Assert.Equal(0, exitCode);
        var ecg = JsonNode.Parse(Assert.Single(output.TrimEnd().Split('\n')))!.AsObject();
        Assert.Equal(["source", "status", "urgency", "suggestions", "scores", "reasons"], ecg.Select(property => property.Key));
        Assert.Equal(_folder.File("a.json"), (string?)ecg["source"]);
        Assert.Equal("classified", (string?)ecg["status"]);
        Assert.Equal(98, ecg["scores"]!.AsObject().Count);
        Assert.Empty(ecg["reasons"]!.AsArray());
        Assert.All(ecg["suggestions"]!.AsArray(), suggestion =>
        {
            Assert.Equal(["code", "ja", "en", "probability", "threshold", "urgency"], suggestion!.AsObject().Select(property => property.Key));
            Assert.True((double)suggestion["probability"]! >= (double)suggestion["threshold"]!);
        });
    }

    [Fact]
    public async Task What_cannot_be_classified_is_an_answer_with_reasons_and_not_a_failure()
    {
        File.WriteAllBytes(_folder.File("1.json"), SyntheticEcg.Observation(flat: Lead.V3));
        File.WriteAllText(_folder.File("2.json"), "{\"resourceType\": \"Patient\"}");
        File.WriteAllText(_folder.File("3.json"), "no JSON");
        var line = Encoding.UTF8.GetString(SyntheticEcg.Observation()).ReplaceLineEndings(" ");
        File.WriteAllText(_folder.File("4.ndjson"), $"{line}\n\n{line}\n");

        var (exitCode, output) = await RunAsync(_folder.Path, "--json");

        Assert.Equal(0, exitCode);
        var ecgs = output.TrimEnd().Split('\n').Select(text => JsonNode.Parse(text)!).ToList();
        Assert.Equal(
            ["unanalysable lead-flat", "rejected not-observation", "rejected json-invalid", "classified ", "classified "],
            ecgs.Select(ecg => $"{ecg["status"]} {ecg["reasons"]!.AsArray().FirstOrDefault()?["code"]}"));
        Assert.Equal(["review", null, null], ecgs.Take(3).Select(ecg => (string?)ecg["urgency"]));
        Assert.EndsWith("4.ndjson:3", (string?)ecgs[4]["source"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_not_utf8_are_refused_as_the_worker_refuses_them()
    {
        var good = SyntheticEcg.Observation();
        var at = good.AsSpan().IndexOf("\"resourceType\""u8);
        File.WriteAllBytes(_folder.File("a.json"), [.. good[..at], .. "\"note\":[{\"text\":\""u8, 0x8C, 0xA9, .. "\"}],"u8, .. good[at..]]);

        var (exitCode, output) = await RunAsync(_folder.File("a.json"), "--json");

        var ecg = JsonNode.Parse(output)!;
        Assert.Equal((0, "rejected", "file-not-utf8"), (exitCode, (string?)ecg["status"], (string?)ecg["reasons"]![0]!["code"]));
    }

    [Theory]
    [InlineData("ja", "心電図", "判定保留（解析不能）", "V3誘導")]
    [InlineData("en", "ECG", "cannot be analysed", "Lead V3")]
    public async Task People_get_a_table_in_their_language(string language, params string[] words)
    {
        File.WriteAllBytes(_folder.File("a.json"), SyntheticEcg.Observation(flat: Lead.V3));

        var (exitCode, output) = await RunAsync(_folder.File("a.json"), "--lang", language);

        Assert.Equal(0, exitCode);
        Assert.All(words, word => Assert.Contains(word, output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_device_that_is_missing_or_a_bundle_that_is_not_one_is_one_sentence()
    {
        File.WriteAllBytes(_folder.File("a.json"), SyntheticEcg.Observation());

        var device = await Assert.ThrowsAsync<CommandException>(() => RunAsync(_folder.File("a.json"), "--device", "cuda"));
        Assert.Contains("no CUDA execution provider", device.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<CommandException>(() => RunAsync(_folder.File("missing.json")));
        File.Delete(Path.Combine(_bundle.Folder, BundleFiles.Labels));
        await Assert.ThrowsAsync<ModelBundleException>(() => RunAsync(_folder.File("a.json")));
    }

    [Fact]
    public async Task Model_and_device_of_the_environment_are_the_defaults()
    {
        File.WriteAllBytes(_folder.File("a.json"), SyntheticEcg.Observation());
        Dictionary<string, string> settings = new() { ["ECG_Model__Path"] = _bundle.Folder, ["ECG_Model__Device"] = "cpu", ["LANG"] = "C.UTF-8" };

        var result = await EcgProcess.RunAsync(["classify", _folder.File("a.json"), "--json"], settings, TestContext.Current.CancellationToken);
        Assert.Equal(98, JsonNode.Parse(result.Output)!["scores"]!.AsObject().Count);

        settings["ECG_Model__Device"] = "gpu";
        result = await EcgProcess.RunAsync(["classify", _folder.File("a.json")], settings, TestContext.Current.CancellationToken);
        Assert.Equal((1, "Model:Device must be one of auto, cpu, cuda."), (result.ExitCode, result.Error.TrimEnd()));
    }

    [Fact]
    public async Task An_output_of_the_model_that_is_not_usable_is_a_failure()
    {
        using var bundle = TestBundle.Create(encoder: new() { Normalise = false });
        File.WriteAllBytes(_folder.File("a.json"), SyntheticEcg.Observation());

        var (exitCode, output) = await RunAsync(_folder.File("a.json"), "--json", "--model", bundle.Folder);

        Assert.Equal(1, exitCode);
        var ecg = JsonNode.Parse(output)!;
        Assert.Equal(("failed", "model-output"), ((string?)ecg["status"], (string?)ecg["reasons"]![0]!["code"]));
        Assert.Null(ecg["urgency"]);
    }

    public void Dispose()
    {
        _bundle.Dispose();
        _folder.Dispose();
    }

    private async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var root = new RootCommand
        {
            Options = { Terminal.JsonOption, Terminal.LanguageOption },
            Subcommands = { ClassifyCommand.Create((en, _) => en) },
        };
        string[] model = arguments.Contains("--model") ? [] : ["--model", _bundle.Folder];
        string[] language = arguments.Contains("--lang") ? [] : ["--lang", "en"];
        var parsed = root.Parse(["classify", .. arguments, .. model, .. language]);
        Assert.Empty(parsed.Errors);
        using var output = new StringWriter();
        var exitCode = await parsed.InvokeAsync(
            new InvocationConfiguration { Output = output, Error = TextWriter.Null, EnableDefaultExceptionHandler = false },
            TestContext.Current.CancellationToken);
        return (exitCode, output.ToString());
    }
}
