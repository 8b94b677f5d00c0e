using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using EcgIntegration.Signals.Fhir;
using EcgIntegration.Signals.Preprocessing;
using EcgIntegration.Signals.Wfdb;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Commands;
using EcgIntegration.Worker.Commands.Samples;

namespace EcgIntegration.Worker.Tests.Commands;

public sealed class InspectCommandTests : IDisposable
{
    private static readonly string Wfdb = Path.Combine(Repository.Root, "tests", "Signals.Tests", "Data", "wfdb");
    private static readonly string Samples = Path.Combine(Repository.Root, "samples");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Json_says_what_the_worker_sees()
    {
        var ecg = Assert.Single(await JsonAsync(Path.Combine(Samples, "ludb-024.json")));

        Assert.Equal("analysable", (string?)ecg["verdict"]);
        Assert.Equal((500d, 5000, 10d, 1, "mV"), ((double)ecg["rate"]!, (int)ecg["samples"]!, (double)ecg["seconds"]!, (int)ecg["windows"]!, (string)ecg["unit"]!));
        var leads = ecg["leads"]!.AsArray();
        Assert.Equal(["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"], leads.Select(lead => (string)lead!["lead"]!));
        Assert.Equal(["III", "aVR", "aVL", "aVF"], leads.Where(lead => (bool)lead!["derived"]!).Select(lead => (string)lead!["lead"]!));
        Assert.Equal("component[2]", (string?)leads[6]!["place"]);
    }

    [Fact]
    public async Task What_is_not_analysable_has_its_reasons()
    {
        File.WriteAllText(_folder.File("x.json"), """{"resourceType":"Patient"}""");

        var ecgs = await JsonAsync(Path.Combine(Samples, "cinc-JS20004.json"), _folder.File("x.json"));

        Assert.Equal(["unanalysable", "rejected"], ecgs.Select(ecg => (string)ecg["verdict"]!));
        Assert.Equal(["component[7]", "component[9]", "component[11]"], ecgs[0]["reasons"]!.AsArray().Select(reason => (string?)reason!["where"]));
        Assert.Equal("not-observation", (string?)ecgs[1]["reasons"]![0]!["code"]);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("\"subject\"", "subject-missing", "\"focus\"")]
    [InlineData("\"final\"", "status-unusable", "\"entered-in-error\"")]
    [InlineData("\"final\"", "status-unusable", "\"cancelled\"")]
    [InlineData("\"final\"", "fhir-invalid", "\"done\"")]
    public async Task What_the_intake_would_say_stands_beside_the_verdict_on_the_signal(string? from, string? code, string to = "")
    {
        var observation = File.ReadAllText(Path.Combine(Samples, "ludb-119.json"));
        if (from is not null)
        {
            var at = observation.IndexOf(from, StringComparison.Ordinal);
            observation = code == "subject-missing"
                ? observation.Replace("\"subject\":", "\"_gone\":", StringComparison.Ordinal)
                : observation[..at] + to + observation[(at + from.Length)..];
        }

        if (code == "subject-missing")
        {
            var json = JsonNode.Parse(observation)!.AsObject();
            json.Remove("_gone");
            observation = json.ToJsonString();
        }

        File.WriteAllText(_folder.File("a.json"), observation);
        File.WriteAllText(_folder.File("b.json"), $$"""{"eventId":"7f9c0f9e-6d0b-4c3e-9a39-000000000001","observation":{{observation}}}""");

        foreach (var ecg in await JsonAsync(_folder.File("a.json"), _folder.File("b.json")))
        {
            Assert.Equal("analysable", (string?)ecg["verdict"]);
            Assert.Empty(ecg["reasons"]!.AsArray());
            Assert.Equal(code is null ? [] : [code], ecg["intake"]!.AsArray().Select(reason => (string?)reason!["code"]).Distinct());
        }

        Assert.Equal(code is not null, (await RunAsync(_folder.File("a.json"), "--lang", "ja")).Contains("イベントとしては受け付けられません", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ludb-086.json", "uV")]
    [InlineData("ludb-024.json", "mV")]
    public async Task The_unit_of_the_source_is_shown(string file, string unit)
    {
        Assert.Equal((unit, "mV"), await UnitsAsync());
        Assert.Contains($"source unit {unit}", await RunAsync(Path.Combine(Samples, file), "--lang", "en"), StringComparison.Ordinal);

        async Task<(string?, string?)> UnitsAsync()
        {
            var ecg = Assert.Single(await JsonAsync(Path.Combine(Samples, file)));
            return ((string?)ecg["sourceUnit"], (string?)ecg["unit"]);
        }
    }

    [Theory]
    [InlineData("ja", "解析できます", "IとIIから計算")]
    [InlineData("en", "analysable", "derived from I and II")]
    public async Task People_read_it_in_their_language(string language, string verdict, string derived)
    {
        var output = await RunAsync(Path.Combine(Samples, "ludb-024.json"), "--lang", language);

        Assert.Contains(verdict, output, StringComparison.Ordinal);
        Assert.Contains(derived, output, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signals_and_tensors_are_written_under_names_of_their_own()
    {
        await RunAsync(Path.Combine(Wfdb, "1.hea"), Path.Combine(Wfdb, "1.hea"), Path.Combine(Samples, "cinc-JS20004.json"), "--out", _folder.File("out"));

        Assert.Equal(
            ["1-2.signal.f32", "1-2.tensor.f32", "1.signal.f32", "1.tensor.f32", "cinc-JS20004.signal.f32"],
            Directory.EnumerateFiles(_folder.File("out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var recording = WfdbReader.ToRecording(WfdbReader.Read(Path.Combine(Wfdb, "1.hea"))).Recording!;
        using var tensor = Preprocessor.ToTensor(recording);
        Assert.Equal(recording.Millivolts, Floats("1.signal.f32"));
        Assert.Equal(tensor.Memory.Span, Floats("1.tensor.f32"));
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("JS20003", 29)]
    public void The_shipped_samples_are_what_the_verb_writes(string record, int number)
    {
        var sample = SampleCatalogue.All[number - 1];
        Assert.Equal(record, sample.Record);

        var json = SampleFactory.Write(sample, number, SampleFactory.Read(sample, Path.Combine(Wfdb, record + ".hea")));

        Assert.Equal(File.ReadAllBytes(Path.Combine(Samples, sample.FileName + ".json")), json);
        Assert.NotNull(ObservationSignalReader.Read(json).Recording);
    }

    private ReadOnlySpan<float> Floats(string name) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(_folder.File("out", name)));

    private static async Task<List<JsonNode>> JsonAsync(params string[] arguments) =>
        [.. (await RunAsync([.. arguments, "--json"])).TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!)];

    private static async Task<string> RunAsync(params string[] arguments)
    {
        var root = new RootCommand
        {
            Options = { Terminal.JsonOption, Terminal.LanguageOption },
            Subcommands = { InspectCommand.Create((en, _) => en) },
        };
        var parsed = root.Parse(["inspect", .. arguments]);
        Assert.Empty(parsed.Errors);
        using var output = new StringWriter();
        var exitCode = await parsed.InvokeAsync(
            new InvocationConfiguration { Output = output, Error = TextWriter.Null, EnableDefaultExceptionHandler = false },
            TestContext.Current.CancellationToken);
        Assert.Equal(0, exitCode);
        return output.ToString();
    }
}
