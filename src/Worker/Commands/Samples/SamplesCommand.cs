using System.CommandLine;
using EcgIntegration.Signals.Fhir;
using EcgIntegration.Signals.Wfdb;

namespace EcgIntegration.Worker.Commands.Samples;

/// <summary><c>ecg samples</c>: makes <c>samples/</c> anew from copies of the published databases.</summary>
internal static class SamplesCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create(Say say)
    {
        var ludb = Folder("--ludb", say("Folder with LUDB's records (1.hea …).", "LUDBのレコード（1.hea …）のフォルダー。"));
        var cinc = Folder("--cinc", say("Folder with the CinC 2021 records (E07500.hea …).", "CinC 2021のレコード（E07500.hea …）のフォルダー。"));
        var output = Folder("--out", say("Folder to write.", "出力先フォルダー。"));
        var command = new Command("samples", say(
            "Make the shipped samples anew from copies of LUDB and the CinC 2021 sample.",
            "LUDBとCinC 2021の写しから、同梱のサンプルを作り直します。"))
        {
            ludb,
            cinc,
            output,
        };
        command.SetAction(parsed => Run(
            Terminal.Of(parsed), parsed.GetRequiredValue(ludb), parsed.GetRequiredValue(cinc), parsed.GetRequiredValue(output)));
        return command;
    }

    private static Option<DirectoryInfo> Folder(string name, string description) => new(name) { Required = true, HelpName = "DIR", Description = description };

    private static int Run(Terminal terminal, DirectoryInfo ludb, DirectoryInfo cinc, DirectoryInfo output)
    {
        output.Create();
        var written = new List<(Sample, WfdbRecord)>();
        foreach (var (index, sample) in SampleCatalogue.All.Index())
        {
            var folder = sample.Source == SampleSource.Ludb ? ludb : cinc;
            try
            {
                var record = SampleFactory.Read(sample, Path.Combine(folder.FullName, sample.Record + ".hea"));
                var json = SampleFactory.Write(sample, index + 1, record);
                Verify(sample, record, json);
                File.WriteAllBytes(Path.Combine(output.FullName, sample.FileName + ".json"), json);
                written.Add((sample, record));
            }
            catch (WfdbException e)
            {
                throw new CommandException(e.Message, e);
            }
        }

        File.WriteAllText(Path.Combine(output.FullName, "README.md"), SampleReadme.Write(written));
        terminal.Progress($"{written.Count} samples written.", $"サンプルを{written.Count}個書きました。");
        return 0;
    }

    /// <summary>What is read back must be the source, sample by sample and bit by bit.</summary>
    private static void Verify(Sample sample, WfdbRecord record, byte[] json)
    {
        var source = WfdbReader.ToRecording(record).Recording;
        var read = ObservationSignalReader.Read(json).Recording;
        if (source is null || read is null || sample.Format.Leads.Any(lead => !source[lead].SequenceEqual(read[lead])))
        {
            throw new CommandException(
                $"{sample.FileName} does not read back as its source.", $"{sample.FileName} を読み戻すと元の心電図と一致しません。");
        }
    }
}
