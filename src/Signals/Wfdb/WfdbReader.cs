using System.Buffers;
using System.Buffers.Binary;
using EcgIntegration.Contracts;
using EcgIntegration.Signals.Fhir;

namespace EcgIntegration.Signals.Wfdb;

/// <summary>
/// Reads WFDB records: a text header (<c>.hea</c>) and signals in format 16 (also inside the <c>.mat</c> of the
/// PhysioNet/CinC challenges) or 212.
/// </summary>
public static class WfdbReader
{
    // Half an hour of MIT-BIH is 650,000; far more is no ECG that this product reads.
    private const int MaximumSamples = 5_000_000;
    private const int MaximumValues = 20_000_000;

    /// <summary>Reads a record's header alone.</summary>
    /// <param name="headerPath">Path of the <c>.hea</c> file.</param>
    /// <exception cref="WfdbException">It is no header that can be read.</exception>
    public static WfdbDescription Describe(string headerPath)
    {
        ArgumentNullException.ThrowIfNull(headerPath);
        var header = WfdbHeader.Read(headerPath);
        return new WfdbDescription(
            header.Name,
            header.SamplingRate,
            header.SampleCount,
            [.. header.Signals.Select(signal => signal.Name)],
            [.. header.Signals.Select(signal => (int?)signal.Checksum)],
            header.Comments);
    }

    /// <summary>Reads a record, or a range of it.</summary>
    /// <param name="headerPath">Path of the <c>.hea</c> file.</param>
    /// <param name="firstSample">First sample of the range.</param>
    /// <param name="sampleCount">Length of the range; <see langword="null"/> for all that follow.</param>
    /// <exception cref="WfdbException">The header lies, the signal file is cut off, or a format is not supported.</exception>
    public static WfdbRecord Read(string headerPath, int firstSample = 0, int? sampleCount = null)
    {
        ArgumentNullException.ThrowIfNull(headerPath);
        ArgumentOutOfRangeException.ThrowIfNegative(firstSample);
        var header = WfdbHeader.Read(headerPath);
        var folder = Path.GetDirectoryName(headerPath) ?? string.Empty;
        WfdbSignal?[] signals = new WfdbSignal?[header.Signals.Count];
        var length = 0;
        foreach (var group in header.Signals.Index().GroupBy(entry => entry.Item.File, StringComparer.Ordinal))
        {
            var members = group.ToList();
            var counts = ReadFile(folder, header, [.. members.Select(member => member.Item)], firstSample, sampleCount);
            for (var i = 0; i < members.Count; i++)
            {
                length = counts[i].Length;
                signals[members[i].Index] = ToSignal(members[i].Item, counts[i]);
            }
        }

        if (signals.Any(signal => signal!.Counts.Length != length))
        {
            throw new WfdbException($"The signal files of {header.Name} have different lengths: restore the record whole.");
        }

        return new WfdbRecord(header.Name, header.SamplingRate, length, signals!, header.Comments);
    }

    /// <summary>Takes the standard leads of a record by their names, derives limb leads as the FHIR reader does and leaves NaN for the others.</summary>
    public static ReadResult ToRecording(WfdbRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var reasons = new List<Reason>();
        if (record.SampleCount is 0 or > SignalLimits.MaximumSamples)
        {
            return ReadResult.Refused(record.SampleCount == 0
                ? SignalReasons.DataMissing.At(null)
                : SignalReasons.TooLong.At(null, SignalLimits.MaximumSamples));
        }

        if (RecordingBuilder.CheckRate(record.SamplingRate, null) is { } rateReason)
        {
            return ReadResult.Refused(rateReason);
        }

        var builder = new RecordingBuilder(record.SamplingRate, record.SampleCount);
        var seen = new HashSet<Lead>();
        foreach (var signal in record.Signals)
        {
            if (!LeadCodes.TryParseName(signal.Name, out var lead))
            {
                continue;
            }

            if (!seen.Add(lead))
            {
                reasons.Add(SignalReasons.LeadDuplicate.At(lead.Name(), lead.Name()));
            }
            else if (signal.Unit is null)
            {
                reasons.Add(SignalReasons.UnitMissing.At(lead.Name()));
            }
            else if (VoltageUnits.ParseLoosely(signal.Unit) is not { } unit)
            {
                reasons.Add(SignalReasons.UnitUnknown.At(lead.Name()));
            }
            else
            {
                var target = builder.Add(lead, lead.Name(), unit);
                var scale = unit.ToMillivolts() / signal.Gain;
                for (var i = 0; i < target.Length; i++)
                {
                    target[i] = signal.Counts[i] == WfdbSignal.Missing
                        ? float.NaN
                        : (float)(((double)signal.Counts[i] - signal.Baseline) * scale) + 0f;
                }
            }
        }

        if (seen.Count == 0)
        {
            reasons.Add(SignalReasons.NoWaveform.At(null));
        }

        return reasons.Count > 0 ? ReadResult.Refused(reasons) : builder.Build();
    }

    private static WfdbSignal ToSignal(WfdbSignalHeader header, int[] counts)
    {
        var physical = new float[counts.Length];
        for (var i = 0; i < counts.Length; i++)
        {
            physical[i] = counts[i] == WfdbSignal.Missing ? float.NaN : (float)(((double)counts[i] - header.Baseline) / header.Gain);
        }

        return new WfdbSignal(header.Name, header.Unit, header.Gain, header.Baseline, counts, physical);
    }

    private static int[][] ReadFile(string folder, WfdbHeader header, WfdbSignalHeader[] signals, int first, int? wanted)
    {
        var file = signals[0].File;
        var format = signals[0].Format;
        var offset = signals[0].Offset;
        if (signals.Any(signal => signal.Format != format || signal.Offset != offset))
        {
            throw new WfdbException($"The header of {header.Name} gives {file} more than one format: all signals of a file share one.");
        }

        try
        {
            using var stream = File.OpenRead(Path.Combine(folder, file));
            var available = Math.Max(0, stream.Length - offset) * (format == 16 ? 1 : 2) / (format == 16 ? 2 : 3) / signals.Length;
            var total = header.SampleCount ?? available;
            if (total > available)
            {
                throw new WfdbException($"{file} is cut off: the header promises {total} samples a signal and there are {available}.");
            }

            var count = wanted ?? Math.Max(0, total - first);
            if (first + count > total || count > MaximumSamples || count * signals.Length > MaximumValues)
            {
                throw new WfdbException($"{file} has {total} samples a signal; {count} from {first} on cannot be read (at most {MaximumSamples}).");
            }

            var counts = ReadCounts(stream, format, offset, (long)first * signals.Length, (int)count, signals.Length);
            if (first == 0 && count == total)
            {
                VerifyChecksums(header.Name, signals, counts);
            }

            return counts;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WfdbException($"The signal file {file} of {header.Name} cannot be read: it must lie beside the header.", e);
        }
    }

    private static int[][] ReadCounts(FileStream stream, int format, int offset, long firstValue, int count, int signals)
    {
        // Two values of format 212 share three bytes; an odd start begins in the middle of such a pair.
        var odd = format == 212 ? (int)(firstValue % 2) : 0;
        var values = (count * signals) + odd;
        var bytes = format == 16 ? values * 2 : ((values * 3) + 1) / 2;
        stream.Position = offset + (format == 16 ? firstValue * 2 : (firstValue - odd) / 2 * 3);
        var rented = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            stream.ReadExactly(rented, 0, bytes);
            var counts = new int[signals][];
            for (var signal = 0; signal < signals; signal++)
            {
                counts[signal] = new int[count];
                for (var i = 0; i < count; i++)
                {
                    var index = (i * signals) + signal + odd;
                    counts[signal][i] = format == 16 ? Value16(rented, index) : Value212(rented, index);
                }
            }

            return counts;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static int Value16(byte[] bytes, int index)
    {
        var value = BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(index * 2));
        return value == short.MinValue ? WfdbSignal.Missing : value;
    }

    private static int Value212(byte[] bytes, int index)
    {
        var at = index / 2 * 3;
        var value = index % 2 == 0
            ? bytes[at] | ((bytes[at + 1] & 0x0F) << 8)
            : bytes[at + 2] | ((bytes[at + 1] & 0xF0) << 4);
        value = (value << 20) >> 20;
        return value == -2048 ? WfdbSignal.Missing : value;
    }

    private static void VerifyChecksums(string record, WfdbSignalHeader[] signals, int[][] counts)
    {
        for (var i = 0; i < signals.Length; i++)
        {
            var missing = signals[i].Format == 16 ? short.MinValue : -2048;
            var sum = 0;
            foreach (var count in counts[i])
            {
                sum = unchecked(sum + (count == WfdbSignal.Missing ? missing : count));
            }

            if (signals[i].Checksum is { } expected && unchecked((ushort)sum) != expected)
            {
                throw new WfdbException($"Signal {i + 1} of {record} does not have the checksum of its header: the file is damaged or the header describes another.");
            }
        }
    }
}
