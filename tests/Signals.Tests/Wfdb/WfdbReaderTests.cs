using System.Buffers.Binary;
using EcgIntegration.Signals.Wfdb;

namespace EcgIntegration.Signals.Tests.Wfdb;

public sealed class WfdbReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ecg-wfdb-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Format_16_gives_counts_and_physical_values()
    {
        var record = TestData.Record("1");

        Assert.Equal((500, 5000, 12), (record.SamplingRate, record.SampleCount, record.Signals.Count));
        var one = record.Signals[0];
        Assert.Equal(("i", "mV", 1716d, 6, -120), (one.Name, one.Unit, one.Gain, one.Baseline, one.Counts[0]));
        Assert.Equal(-126 / 1716f, one.Physical[0], 1e-7f);
        Assert.Contains("Rhythm: Sinus bradycardia.", record.Comments);
    }

    [Fact]
    public void A_header_alone_says_what_a_record_is()
    {
        File.WriteAllText(Path.Combine(_folder, "a.hea"), "a 2 500/1000 5000\na.mat 16+24 1000/mV 16 0 5 -3 0 I\na.mat 16+24 1000/mV\n# Dx: 426783006\n");

        var header = WfdbReader.Describe(Path.Combine(_folder, "a.hea"));

        Assert.Equal(("a", 500, 5000), (header.Name, header.SamplingRate, header.SampleCount));
        Assert.Equal(["I", ""], header.Signals);
        Assert.Equal([65_533, null], header.Checksums);
        Assert.Equal(["Dx: 426783006"], header.Comments);
    }

    [Fact]
    public void Format_212_gives_two_leads_and_any_range_of_them()
    {
        var whole = TestData.Record("100");
        Assert.Equal((360, 39_600), (whole.SamplingRate, whole.SampleCount));
        Assert.Equal(["MLII", "V5"], whole.Signals.Select(signal => signal.Name));
        Assert.Equal((995 - 1024) / 200f, whole.Signals[0].Physical[0]);

        foreach (var first in (int[])[0, 1, 36_000, 39_599])
        {
            var part = TestData.Record("100", first, 1);
            Assert.Equal(whole.Signals.Select(signal => signal.Counts[first]), part.Signals.Select(signal => signal.Counts[0]));
        }
    }

    [Fact]
    public void An_odd_start_in_format_212_of_one_signal_begins_in_the_middle_of_a_pair()
    {
        Write("odd", "odd 1 250 4", "odd.dat 212 200 12 0 1 0 0 I", [0x01, 0xF0, 0x02, 0xFF, 0x0F, 0x04]);

        var whole = Read("odd");
        var part = WfdbReader.Read(Path.Combine(_folder, "odd.hea"), 1, 2);

        Assert.Equal([1, -254, -1, 4], whole.Signals[0].Counts);
        Assert.Equal([-254, -1], part.Signals[0].Counts);
    }

    [Fact]
    public void Signals_without_voltage_are_read_but_are_no_recording()
    {
        var record = TestData.Record("00009_lr");

        Assert.Equal((100, 1000, "NU", "AVR"), (record.SamplingRate, record.SampleCount, record.Signals[3].Unit, record.Signals[3].Name));
        var result = WfdbReader.ToRecording(record);
        Assert.Null(result.Recording);
        Assert.All(result.Reasons, reason => Assert.Equal("unit-unknown", reason.Code));
    }

    [Fact]
    public void Missing_samples_are_NaN()
    {
        var data = new byte[4];
        BinaryPrimitives.WriteInt16LittleEndian(data, short.MinValue);
        BinaryPrimitives.WriteInt16LittleEndian(data.AsSpan(2), 500);
        Write("gap", "gap 1 500 2", "gap.dat 16 1000(0)/mV 16 0 0 0 0 II", data, checksum: false);

        var signal = Read("gap").Signals[0];

        Assert.Equal([float.NaN, 0.5f], signal.Physical);
        Assert.Equal(WfdbSignal.Missing, signal.Counts[0]);
    }

    [Fact]
    public void A_record_of_two_leads_has_the_others_missing()
    {
        var recording = WfdbReader.ToRecording(TestData.Record("100", 0, 3600)).Recording!;

        Assert.Equal(Lead.V5, Assert.Single(recording.Places).Key);
        Assert.True(recording[Lead.II].IndexOfAnyExcept(float.NaN) < 0);
        Assert.False(recording[Lead.V5].Contains(float.NaN));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("x", "number of signals")]
    [InlineData("x 2 500 2\nx.dat 16 1000/mV 16 0 0 0 0 I", "names 2 signals and describes 1")]
    [InlineData("x 1 500 3\nx.dat 16 1000/mV 16 0 0 0 0 I", "cut off: the header promises 3 samples a signal and there are 2")]
    [InlineData("x 1 500 2000000000\nx.dat 16 1000/mV 16 0 0 0 0 I", "cut off")]
    [InlineData("x 1 -5 2\nx.dat 16 1000/mV 16 0 0 0 0 I", "sampling frequency")]
    [InlineData("x 1 NaN 2\nx.dat 16 1000/mV 16 0 0 0 0 I", "sampling frequency")]
    [InlineData("x/3 1 500 2\nx.dat 16 1000/mV 16 0 0 0 0 I", "segments")]
    [InlineData("x 1 500 2\nx.dat 80 1000/mV 16 0 0 0 0 I", "format that is not supported")]
    [InlineData("x 1 500 2\nx.dat 16x4 1000/mV 16 0 0 0 0 I", "format that is not supported")]
    [InlineData("x 1 500 2\n../x.dat 16 1000/mV 16 0 0 0 0 I", "outside its own folder")]
    [InlineData("x 1 500 2\ngone.dat 16 1000/mV 16 0 0 0 0 I", "cannot be read")]
    [InlineData("x 1 500 2\nx.dat 16 many/mV 16 0 0 0 0 I", "gain that is no number")]
    [InlineData("x 1 500 2\nx.dat 16 1000(a)/mV 16 0 0 0 0 I", "baseline")]
    [InlineData("x 1 500 2\nx.dat 16 1000/mV 16 0 0 z 0 I", "no whole number")]
    [InlineData("x 1 500 2\nx.dat 16 1000/mV 16 0 0 7 0 I", "checksum")]
    [InlineData("x 1 500 2\nx.dat", "fewer than two fields")]
    [InlineData("x 99 500 2\nx.dat 16", "names 99 signals")]
    public void A_lying_header_gets_one_sentence(string header, string expected)
    {
        File.WriteAllBytes(Path.Combine(_folder, "x.dat"), [1, 0, 2, 0]);
        File.WriteAllText(Path.Combine(_folder, "x.hea"), header);

        var message = Assert.Throws<WfdbException>(() => Read("x")).Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.EndsWith(".", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_record_gets_one_sentence()
    {
        File.Copy(TestData.PathOf("wfdb", "1.hea"), Path.Combine(_folder, "1.hea"));
        File.WriteAllBytes(Path.Combine(_folder, "1.dat"), File.ReadAllBytes(TestData.PathOf("wfdb", "1.dat"))[..^1]);

        Assert.Contains("cut off", Assert.Throws<WfdbException>(() => Read("1")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_header_gets_one_sentence() =>
        Assert.Contains("cannot be read", Assert.Throws<WfdbException>(() => Read("nowhere")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_range_beyond_the_end_gets_one_sentence() =>
        Assert.Throws<WfdbException>(() => TestData.Record("100", 39_000, 1000));

    private WfdbRecord Read(string name) => WfdbReader.Read(Path.Combine(_folder, name + ".hea"));

    private void Write(string name, string record, string signal, byte[] data, bool checksum = true)
    {
        File.WriteAllBytes(Path.Combine(_folder, name + ".dat"), data);
        if (!checksum || name == "odd")
        {
            // Without its optional fields from the checksum on, a header promises none.
            signal = string.Join(' ', signal.Split(' ')[..5]);
        }

        File.WriteAllLines(Path.Combine(_folder, name + ".hea"), [record, signal]);
    }
}
