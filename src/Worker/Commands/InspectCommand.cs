using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Signals;
using EcgIntegration.Signals.Preprocessing;
using EcgIntegration.Worker.Commands.Files;

namespace EcgIntegration.Worker.Commands;

/// <summary><c>ecg inspect</c>: what the worker sees in an ECG file, without servers or model.</summary>
internal static class InspectCommand
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
        var folder = new Option<DirectoryInfo?>("--out")
        {
            HelpName = "DIR",
            Description = say(
                "Also write NAME.signal.f32 (mV, lead-major 12 x N) and NAME.tensor.f32 (windows x 12 x 1000), little endian.",
                "NAME.signal.f32（mV、誘導順 12 x N）とNAME.tensor.f32（窓 x 12 x 1000）をリトルエンディアンで書き出します。"),
        };
        var command = new Command("inspect", say(
            "Show what the worker sees in ECG files: leads, rate, unit, quality and the verdict with its reasons.",
            "心電図ファイルをワーカーがどう読むかを表示します（誘導、周波数、単位、品質、判定と理由）。"))
        {
            paths,
            folder,
        };
        command.SetAction(parsed => Run(Terminal.Of(parsed), parsed.GetRequiredValue(paths), parsed.GetValue(folder)));
        return command;
    }

    private static int Run(Terminal terminal, string[] paths, DirectoryInfo? folder)
    {
        folder?.Create();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in EcgFiles.Expand(paths, terminal.Japanese))
        {
            var inspection = Inspection.Of(file, out var recording);
            if (terminal.Json)
            {
                terminal.Output.WriteLine(JsonSerializer.Serialize(inspection, ContractJson.Compact));
            }
            else
            {
                Print(terminal, inspection);
            }

            if (folder is not null && recording is not null)
            {
                WriteSignals(folder, UniqueName(names, file.Name), recording, inspection.Reasons.Count == 0);
            }
        }

        return 0;
    }

    private static void Print(Terminal terminal, Inspection inspection)
    {
        var output = terminal.Output;
        output.WriteLine(inspection.Source);
        if (inspection.Rate is { } rate)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {rate:0.###} Hz  {inspection.Samples} {terminal.Say("samples", "サンプル")}  {inspection.Seconds} {terminal.Say("s", "秒")}  {terminal.Say("windows", "窓")} {inspection.Windows}  {terminal.Say("source unit", "元の単位")} {inspection.SourceUnit}"));
            foreach (var lead in inspection.Leads)
            {
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {lead.Lead,-4}{Range(lead),22}  {Remark(terminal, lead)}").TrimEnd());
            }
        }

        output.WriteLine("  " + inspection.Verdict switch
        {
            "analysable" => terminal.Say("analysable", "解析できます"),
            "unanalysable" => terminal.Say("cannot be analysed", "解析できません（判定保留）"),
            _ => terminal.Say("rejected", "受け付けられません"),
        });
        Print(terminal, inspection.Reasons);
        if (inspection.Intake.Count > 0)
        {
            output.WriteLine("  " + terminal.Say("as an event it would be rejected:", "イベントとしては受け付けられません:"));
            Print(terminal, inspection.Intake);
        }
    }

    private static void Print(Terminal terminal, IReadOnlyList<Reason> reasons)
    {
        foreach (var reason in reasons)
        {
            terminal.Output.WriteLine($"  {reason.Code}{(reason.Where is null ? "" : $" ({reason.Where})")}: {terminal.Say(reason.En, reason.Ja)}");
        }
    }

    private static string Range(InspectedLead lead) => lead.Minimum is null
        ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"{lead.Minimum:0.000} … {lead.Maximum:0.000} mV");

    private static string Remark(Terminal terminal, InspectedLead lead) =>
        lead.Derived ? terminal.Say("derived from I and II", "IとIIから計算")
        : lead.Minimum is null ? terminal.Say("missing", "欠落")
        : lead.Missing > 0 ? string.Create(CultureInfo.InvariantCulture, $"{lead.Missing} {terminal.Say("samples missing or out of range", "サンプルが欠落または範囲外")}")
        : lead.Place ?? string.Empty;

    private static string UniqueName(HashSet<string> names, string name)
    {
        var unique = name;
        for (var i = 2; !names.Add(unique); i++)
        {
            unique = string.Create(CultureInfo.InvariantCulture, $"{name}-{i}");
        }

        return unique;
    }

    private static void WriteSignals(DirectoryInfo folder, string name, EcgRecording recording, bool isAnalysable)
    {
        WriteFloats(Path.Combine(folder.FullName, name + ".signal.f32"), recording.Millivolts);
        if (isAnalysable)
        {
            using var tensor = Preprocessor.ToTensor(recording);
            WriteFloats(Path.Combine(folder.FullName, name + ".tensor.f32"), tensor.Memory.Span);
        }
    }

    private static void WriteFloats(string path, ReadOnlySpan<float> values)
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Signal files are little endian, and this machine is not.");
        }

        using var stream = File.Create(path);
        stream.Write(MemoryMarshal.AsBytes(values));
    }
}
