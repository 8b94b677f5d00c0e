using System.Globalization;
using System.Text;
using EcgIntegration.Signals.Wfdb;

namespace EcgIntegration.Fuzz.Targets;

/// <summary>WFDB records, header and signal file: a record, or <see cref="WfdbException"/> and nothing else.</summary>
internal sealed class WfdbTarget : FuzzTarget
{
    private const int Samples = 20;
    private static readonly string[] Leads = ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"];

    private readonly Scratch _scratch = new();
    private readonly string _header;
    private readonly string _data;

    public WfdbTarget()
        : base("wfdb")
    {
        _header = _scratch.File("rec.hea");
        _data = _scratch.File("rec.dat");
    }

    public override IReadOnlyList<byte[]> Seeds { get; } =
        [Record(16, 0, twelve: true), Record(16, 24, twelve: true), Record(212, 0, twelve: false), Record(212, 0, twelve: true)];

    public override string Run(byte[] input)
    {
        var parts = Scratch.Split(input, 2);
        File.WriteAllBytes(_header, parts[0]);
        File.WriteAllBytes(_data, parts[1]);
        try
        {
            var record = WfdbReader.Read(_header);
            Require(record.Signals.All(signal => signal.Counts.Length == record.SampleCount && signal.Physical.Length == record.SampleCount), "Signals of different length.");
            var result = WfdbReader.ToRecording(record);
            Require(result.Recording is null == result.Reasons.Count > 0, "Neither a recording nor a reason, or both.");
            return result.Recording is { } recording ? SignalTarget.Examine(recording) : result.Reasons[0].Code;
        }
        catch (WfdbException e)
        {
            // The first words tell the sentences apart.
            return "refused-" + e.Message.Length.ToString(CultureInfo.InvariantCulture);
        }
    }

    public override void Dispose()
    {
        _scratch.Dispose();
        base.Dispose();
    }

    private static byte[] Record(int format, int offset, bool twelve)
    {
        var signals = twelve ? 12 : 2;
        var counts = new int[signals, Samples];
        var values = new List<int>();
        for (var i = 0; i < Samples; i++)
        {
            for (var signal = 0; signal < signals; signal++)
            {
                counts[signal, i] = ((i * 37) + (signal * 11)) % 1999 - 999;
                values.Add(counts[signal, i]);
            }
        }

        var header = new StringBuilder().Append(CultureInfo.InvariantCulture, $"rec {signals} 500 {Samples}\n");
        for (var signal = 0; signal < signals; signal++)
        {
            var sum = 0;
            for (var i = 0; i < Samples; i++)
            {
                sum += counts[signal, i];
            }

            var place = offset > 0 ? $"{format}+{offset}" : $"{format}";
            header.Append(CultureInfo.InvariantCulture, $"rec.dat {place} 1000(0)/mV 16 0 {counts[signal, 0]} {(short)sum} 0 {Leads[signal]}\n");
        }

        return Scratch.Join(Encoding.ASCII.GetBytes(header.Append("# Dx: 1\n").ToString()), [.. new byte[offset], .. Pack(values, format)]);
    }

    private static byte[] Pack(List<int> values, int format)
    {
        if (format == 16)
        {
            return [.. values.SelectMany(value => BitConverter.GetBytes((short)value))];
        }

        var bytes = new List<byte>();
        for (var i = 0; i < values.Count; i += 2)
        {
            var (a, b) = (values[i] & 0xFFF, values[i + 1] & 0xFFF);
            bytes.AddRange([(byte)a, (byte)((a >> 8) | ((b >> 8) << 4)), (byte)b]);
        }

        return [.. bytes];
    }
}
