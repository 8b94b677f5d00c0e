using System.Text;
using EcgIntegration.Signals.Fhir;
using EcgIntegration.Signals.Preprocessing;
using EcgIntegration.Training.Catalogue;
using EcgIntegration.Training.Data;
using EcgIntegration.Training.Tests.Support;

namespace EcgIntegration.Training.Tests.Data.Hospital;

public sealed class HospitalSourceTests : IDisposable
{
    private readonly DataFolder _data = new DataFolder()
        .Copy(Path.Combine(Repository.Root, "samples"), "ludb-001.json", "2024")
        .Copy(Path.Combine(Repository.Root, "samples"), "ludb-008.json", "2024");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Labels_and_reports_are_read(bool withMark)
    {
        _data.Write("ecg.csv", new UTF8Encoding(withMark).GetPreamble().Concat(Encoding.UTF8.GetBytes(
            "file,patient,labels,report,fold\n2024/ludb-001.json,A,洞徐脈；左軸偏位、LVH,,\n2024/ludb-008.json,B,,心房細動、心室ペーシング。虚血なし,9\n")).ToArray());

        var examples = Read().Examples;

        Assert.Equal(["LAD", "LVH", "SBRAD"], examples[0].Labels.Order(StringComparer.Ordinal));
        Assert.Equal(["AFIB", "VPACE"], examples[1].Labels.Order(StringComparer.Ordinal));
        Assert.Equal([(PatientFolds.Of("A"), "A"), (9, "B")], examples.Select(example => (example.Fold, example.Patient)));
    }

    [Fact]
    public void The_tensor_is_the_workers()
    {
        Table("2024/ludb-008.json,A,心房細動");
        var tensor = new float[EcgTensors.Length];
        using var worker = Preprocessor.ToTensor(ObservationSignalReader.Read(File.ReadAllBytes(_data.PathOf("2024/ludb-008.json"))).Recording!);

        Assert.Single(Read().Examples).Read(tensor);

        Assert.Equal(worker[0].Span, tensor);
    }

    [Fact]
    public void An_identifier_finds_its_observation()
    {
        var identifier = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(_data.PathOf("2024/ludb-008.json")))!["identifier"]![0]!["value"]!;
        _data.Write("ecg.csv", $"identifier,patient,labels\n{identifier},A,心房細動\n");
        var tensor = new float[EcgTensors.Length];

        Assert.Single(Read().Examples).Read(tensor);

        Assert.Contains(tensor, value => value != 0);
        _data.Write("ecg.csv", "identifier,patient,labels\nnone,A,心房細動\n");
        Refusal.Says(() => Read(), "Line 2", "identifier");
    }

    [Fact]
    public void A_report_that_names_nothing_is_left_out_and_counted()
    {
        _data.Write("ecg.csv", "file,patient,report\n2024/ludb-001.json,A,特記事項なし\n2024/ludb-008.json,B,心房細動\n");

        var content = Read();

        Assert.Single(content.Examples);
        Assert.Equal([new TermCount(LeftOutReasons.NoLabel, 1)], content.LeftOut);
    }

    [Theory]
    [InlineData("2024/ludb-001.json,A,心房ほにゃ", "心房ほにゃ")]
    [InlineData("2024/nowhere.json,A,心房細動", "2024/nowhere.json")]
    [InlineData("../elsewhere.json,A,心房細動", "../elsewhere.json")]
    [InlineData("2024/ludb-001.json,,心房細動", "patient")]
    [InlineData("2024/ludb-001.json,A,", "neither")]
    [InlineData("2024/ludb-001.json,A", "line 2 has 2 fields")]
    [InlineData("2024/ludb-001.json,A,\"心房細動", "quotation mark")]
    public void A_line_that_cannot_be_used_is_named(string line, string expected)
    {
        Table(line);

        Refusal.Says(() => Read(), expected, "ecg.csv");
    }

    [Fact]
    public void A_line_is_named_by_its_number()
    {
        Table("2024/ludb-001.json,A,心房細動", "2024/ludb-008.json,B,心房ほにゃ");

        Refusal.Says(() => Read(), "Line 3");
    }

    [Fact]
    public void An_ecg_on_two_lines_is_refused()
    {
        Table("2024/ludb-001.json,A,心房細動", "2024/ludb-001.json,A,左室肥大");

        Refusal.Says(() => Read(), "Line 3", "second time");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("11")]
    [InlineData("nine")]
    public void A_fold_is_1_to_10(string fold)
    {
        _data.Write("ecg.csv", $"file,patient,labels,fold\n2024/ludb-001.json,A,心房細動,{fold}\n");

        Refusal.Says(() => Read(), "Line 2", "fold");
    }

    [Fact]
    public void Shift_jis_is_told()
    {
        // 心房 in Shift_JIS.
        _data.Write("ecg.csv", [.. "file,patient,labels\n2024/ludb-001.json,A,"u8, 0x90, 0x53, 0x96, 0x5B, (byte)'\n']);

        Refusal.Says(() => Read(), "ecg.csv", "UTF-8");
    }

    [Fact]
    public void A_table_without_a_column_that_is_needed_is_refused()
    {
        _data.Write("ecg.csv", "file,labels\n2024/ludb-001.json,心房細動\n");

        Refusal.Says(() => Read(), "ecg.csv", "patient");
    }

    [Fact]
    public void Two_tables_are_refused()
    {
        Table("2024/ludb-001.json,A,心房細動");
        _data.Write("other.csv", "file,patient,labels\n");

        Refusal.Says(() => Read(), "more than one table");
    }

    [Theory]
    [InlineData("{}", "2024/ludb-001.json")]
    [InlineData("no json", "2024/ludb-001.json")]
    public void An_observation_that_is_none_is_named(string text, string expected)
    {
        Table("2024/ludb-001.json,A,心房細動");
        _data.Write("2024/ludb-001.json", text);

        Refusal.Says(() => Read().Examples[0].Read(new float[EcgTensors.Length]), expected, "Line 2");
    }

    [Fact]
    public void A_sample_that_is_missing_is_refused()
    {
        Table("2024/ludb-001.json,A,心房細動");
        var text = File.ReadAllText(_data.PathOf("2024/ludb-001.json"));
        var at = text.IndexOf("\"data\":", StringComparison.Ordinal);
        var start = text.IndexOf('"', at + 7) + 1;
        var end = text.IndexOf(' ', start);
        _data.Write("2024/ludb-001.json", text[..start] + "E" + text[end..]);

        Refusal.Says(() => Read().Examples[0].Read(new float[EcgTensors.Length]), "2024/ludb-001.json", "sample 0 of lead I");
    }

    public void Dispose() => _data.Dispose();

    private void Table(params string[] lines) => _data.Write("ecg.csv", "file,patient,labels\n" + string.Join('\n', lines) + "\n\n");

    private EcgSourceContent Read() => Assert.Single(EcgSources.Open([_data.Root])).Read(LabelTable.BuiltIn());
}
