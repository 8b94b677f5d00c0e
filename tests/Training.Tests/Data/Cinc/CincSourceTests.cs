using EcgIntegration.Signals.Wfdb;
using EcgIntegration.Training.Catalogue;
using EcgIntegration.Training.Data;
using EcgIntegration.Training.Tests.Support;

namespace EcgIntegration.Training.Tests.Data.Cinc;

public sealed class CincSourceTests : IDisposable
{
    private readonly DataFolder _data = DataFolder.Cinc();

    [Fact]
    public void Nested_records_are_found_and_their_codes_are_labels()
    {
        var content = Read();

        Assert.Equal(["JS20003", "ptb-xl/g1/HR06005"], content.Examples.Select(example => example.Id));
        Assert.Equal(["PAC", "PVC", "STACH", "TAB_", "VCLVH"], content.Examples[0].Labels.Order(StringComparer.Ordinal));
        Assert.Equal(["SR"], content.Examples[1].Labels);
        Assert.Empty(content.Unmapped);
    }

    [Fact]
    public void A_code_without_a_label_is_counted_and_an_ecg_without_any_is_left_out()
    {
        _data.Change("JS20003.hea", "427084000", "164865005").Change("ptb-xl/g1/HR06005.hea", "426783006", "999");

        var content = Read();

        Assert.Equal(["JS20003"], content.Examples.Select(example => example.Id));
        Assert.Equal([new TermCount("164865005 (myocardial infarction)", 1), new TermCount("999", 1)], content.Unmapped);
        Assert.Equal([new TermCount(LeftOutReasons.NoLabel, 1)], content.LeftOut);
    }

    [Fact]
    public void Signals_in_a_dat_file_are_read_too()
    {
        var tensor = new float[EcgTensors.Length];
        var original = new float[EcgTensors.Length];
        Read().Examples[0].Read(original);
        _data.Write("JS20003.dat", File.ReadAllBytes(_data.PathOf("JS20003.mat"))[24..]).Change("JS20003.hea", "JS20003.mat 16x1+24", "JS20003.dat 16");
        File.Delete(_data.PathOf("JS20003.mat"));

        Read().Examples[0].Read(tensor);

        Assert.Equal(original, tensor);
    }

    [Fact]
    public void A_short_record_and_a_copy_are_left_out_and_counted()
    {
        foreach (var name in (string[])["short", "twin"])
        {
            _data.Write($"{name}/{name}.mat", File.ReadAllBytes(_data.PathOf("JS20003.mat")))
                .Write($"{name}/{name}.hea", File.ReadAllText(_data.PathOf("JS20003.hea")).Replace("JS20003", name, StringComparison.Ordinal));
        }

        _data.Change("short/short.hea", "500 5000", "500 4500");

        var content = Read();

        Assert.Equal(2, content.Examples.Count);
        Assert.Equal([new TermCount(LeftOutReasons.TooShort, 1), new TermCount(LeftOutReasons.Copy, 1)], content.LeftOut);
    }

    [Fact]
    public void A_record_longer_than_a_recording_is_read_from_its_start()
    {
        const int Long = 300_500;
        var minute = WfdbReader.Read(_data.PathOf("JS20003.hea"));
        var bytes = new byte[Long * 24];
        for (var at = 0; at < bytes.Length; at += 120_000)
        {
            File.ReadAllBytes(_data.PathOf("JS20003.mat")).AsSpan(24, Math.Min(120_000, bytes.Length - at)).CopyTo(bytes.AsSpan(at));
        }

        _data.Write("long.dat", bytes).Write("long.hea", $"long 12 500 {Long}\n" + string.Concat(minute.Signals.Select(signal => $"long.dat 16 1000(0)/mV 16 0 0 0 0 {signal.Name}\n")) + "# Dx: 426783006\n");
        var tensor = new float[EcgTensors.Length];

        Read().Examples.Single(example => example.Id == "long").Read(tensor);

        Assert.All(tensor, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void A_signal_file_that_is_cut_off_is_named()
    {
        _data.Write("JS20003.mat", File.ReadAllBytes(_data.PathOf("JS20003.mat"))[..50_000]);

        Refusal.Says(ReadFirst, "JS20003.mat", "cut off", _data.Root);
    }

    [Theory]
    [InlineData("500 5000", "500 6000", "cut off")]
    [InlineData("500 5000", "500 4999", "checksum")]
    [InlineData("JS20003 12", "JS20003 11", "11 signals")]
    public void A_header_that_lies_is_refused(string truth, string lie, string expected)
    {
        _data.Change("JS20003.hea", truth, lie);

        Refusal.Says(ReadFirst, "JS20003", expected);
    }

    [Fact]
    public void A_sample_that_is_none_is_refused()
    {
        var bytes = File.ReadAllBytes(_data.PathOf("JS20003.mat"));
        var old = BitConverter.ToInt16(bytes, 24);
        BitConverter.TryWriteBytes(bytes.AsSpan(24), short.MinValue);
        var checksum = WfdbReader.Describe(_data.PathOf("JS20003.hea")).Checksums[0]!.Value;
        var lines = File.ReadAllLines(_data.PathOf("JS20003.hea"));
        var fields = lines[1].Split(' ');
        fields[6] = ((checksum + short.MinValue - old) & 0xFFFF).ToString(System.Globalization.CultureInfo.InvariantCulture);
        lines[1] = string.Join(' ', fields);
        _data.Write("JS20003.mat", bytes).Write("JS20003.hea", string.Join('\n', lines));

        Refusal.Says(ReadFirst, "JS20003", "sample 0 of lead I");
    }

    [Fact]
    public void A_record_without_codes_is_named()
    {
        _data.Change("ptb-xl/g1/HR06005.hea", "# Dx:", "# No:");

        Refusal.Says(() => Read(), "ptb-xl/g1/HR06005", "Dx");
    }

    public void Dispose() => _data.Dispose();

    private EcgSourceContent Read() => Assert.Single(EcgSources.Open([_data.Root])).Read(LabelTable.BuiltIn());

    private void ReadFirst() => Read().Examples[0].Read(new float[EcgTensors.Length]);
}
