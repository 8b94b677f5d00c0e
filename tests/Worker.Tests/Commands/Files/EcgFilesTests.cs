using System.Text;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Commands;
using EcgIntegration.Worker.Commands.Files;

namespace EcgIntegration.Worker.Tests.Commands.Files;

public sealed class EcgFilesTests : IDisposable
{
    private static readonly string Wfdb = Path.Combine(Repository.Root, "tests", "Signals.Tests", "Data", "wfdb");
    private static readonly string Sample = Encoding.UTF8.GetString(Repository.ReadSample(0));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_Observation_an_event_and_a_Bundle_all_hold_the_same_ECG()
    {
        var expected = Identity(Assert.Single(Expand("a.json", Sample)));

        Assert.Equal(expected, Identity(Assert.Single(Expand("b.json", $$"""{"eventId":"7f9c0f9e-6d0b-4c3e-9a39-000000000001","observation":{{Sample}}}"""))));
        Assert.Equal(expected, Identity(Assert.Single(Expand("c.json", "\uFEFF" + Sample))));
        var entries = Expand("d.json", $$$"""{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient"}},{"resource":{{{Sample}}}},{},{"resource":{{{Sample}}}}]}""");
        Assert.Equal([expected, expected], entries.Select(Identity));
        Assert.Equal(["d-1", "d-2"], entries.Select(entry => entry.Name));
        Assert.EndsWith("d.json#2", entries[1].Source, StringComparison.Ordinal);
    }

    [Fact]
    public void NDJSON_has_an_ECG_a_line_and_a_bad_line_spoils_no_other()
    {
        var files = Expand("many.ndjson", $"{Sample}\n\nno JSON\n{Sample}\n");

        Assert.Equal([1, 3, 4], files.Select(file => int.Parse(file.Source[(file.Source.LastIndexOf(':') + 1)..], null)));
        Assert.Equal([null, "json-invalid", null], files.Select(file => file.Read().Reasons is [var reason, ..] ? reason.Code : null));
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_a_reason_in_a_file_and_in_one_line_of_many()
    {
        byte[] shiftJis = [0x8C, 0xA9, 0x96, 0x7B];
        var name = Sample.IndexOf("見本", StringComparison.Ordinal);
        byte[] bad = [.. Encoding.UTF8.GetBytes(Sample[..name]), .. shiftJis, .. Encoding.UTF8.GetBytes(Sample[(name + 2)..])];
        File.WriteAllBytes(_folder.File("a.json"), bad);
        File.WriteAllBytes(_folder.File("b.ndjson"), [.. bad.Where(value => value is not (byte)'\n' and not (byte)'\r'), (byte)'\r', (byte)'\n', .. Encoding.UTF8.GetBytes(Sample)]);

        var reason = Assert.Single(Assert.Single(EcgFiles.Expand([_folder.File("a.json")])).Read().Reasons);
        Assert.Equal("file-not-utf8", reason.Code);
        Assert.Contains($"byte {Encoding.UTF8.GetByteCount(Sample[..name])})", reason.En, StringComparison.Ordinal);
        Assert.Equal(["file-not-utf8", null], EcgFiles.Expand([_folder.File("b.ndjson")]).Select(file => file.Read().Reasons is [var first, ..] ? first.Code : null));
    }

    [Fact]
    public void A_line_longer_than_what_is_read_at_once_stays_whole()
    {
        var line = new string('x', 200_000);
        File.WriteAllText(_folder.File("a.ndjson"), $"{line}\n\r\nshort");

        Assert.Equal([line, "", "short"], ByteLines.Read(_folder.File("a.ndjson")).Select(Encoding.UTF8.GetString));
    }

    [Fact]
    public void A_folder_gives_its_files_by_name_and_leaves_others_alone()
    {
        Directory.CreateDirectory(_folder.File("sub"));
        File.WriteAllText(_folder.File("z.json"), Sample);
        File.WriteAllText(_folder.File("sub", "a.json"), Sample);
        File.WriteAllText(_folder.File("README.md"), "no ECG");
        foreach (var file in (string[])["1.hea", "1.dat"])
        {
            File.Copy(Path.Combine(Wfdb, file), _folder.File(file));
        }

        Assert.Equal(["1", "a", "z"], EcgFiles.Expand([_folder.Path]).Select(file => file.Name));
    }

    [Fact]
    public void A_damaged_WFDB_record_is_a_reason()
    {
        File.Copy(Path.Combine(Wfdb, "1.hea"), _folder.File("1.hea"));

        var reason = Assert.Single(Assert.Single(EcgFiles.Expand([_folder.File("1.hea")])).Read().Reasons);

        Assert.Equal("wfdb-unreadable", reason.Code);
        Assert.Contains("1.dat", reason.En, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_leads_nowhere_is_a_sentence()
    {
        Assert.Throws<CommandException>(() => EcgFiles.Expand([_folder.File("missing.json")]));
        Assert.Throws<CommandException>(() => EcgFiles.Expand([_folder.Path]).ToList());
    }

    private static string Identity(EcgFile file) => file.Read().Recording!.ComputeSha256();

    private List<EcgFile> Expand(string name, string text)
    {
        File.WriteAllText(_folder.File(name), text);
        return [.. EcgFiles.Expand([_folder.File(name)])];
    }
}
