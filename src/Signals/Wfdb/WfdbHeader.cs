using System.Globalization;

namespace EcgIntegration.Signals.Wfdb;

/// <summary>A WFDB header file, checked line by line.</summary>
internal sealed record WfdbHeader(
    string Name,
    double SamplingRate,
    int? SampleCount,
    IReadOnlyList<WfdbSignalHeader> Signals,
    IReadOnlyList<string> Comments)
{
    private const int MaximumBytes = 1 << 20;
    private const int MaximumSignals = 64;

    internal static WfdbHeader Read(string path)
    {
        var file = Path.GetFileName(path);
        string[] lines;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaximumBytes })
            {
                throw new WfdbException($"{file} is larger than any WFDB header: name a .hea file.");
            }

            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WfdbException($"The header {file} cannot be read: check the path and its permissions.", e);
        }

        var comments = lines.Where(line => line.StartsWith('#')).Select(line => line[1..].Trim()).ToList();
        var content = lines.Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#').ToList();
        if (content.Count == 0)
        {
            throw new WfdbException($"{file} is empty: it must begin with a record line.");
        }

        var record = content[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (record[0].Contains('/', StringComparison.Ordinal))
        {
            throw new WfdbException($"{file} describes a record of several segments, which is not supported: name the header of one segment.");
        }

        var count = Number(file, record, 1, "number of signals");
        if (count is < 1 or > MaximumSignals || content.Count != count + 1)
        {
            throw new WfdbException($"{file} names {count} signals and describes {content.Count - 1}: there must be 1 to {MaximumSignals}, each with its line.");
        }

        return new WfdbHeader(
            record[0],
            Rate(file, record),
            record.Length > 3 && Number(file, record, 3, "number of samples") is > 0 and var samples ? samples : null,
            [.. content.Skip(1).Select(line => WfdbSignalHeader.Parse(file, line))],
            comments);
    }

    /// <summary>Sampling frequency, with the counter frequency that may follow it left out.</summary>
    private static double Rate(string file, string[] record)
    {
        const double Default = 250;
        if (record.Length < 3)
        {
            return Default;
        }

        var text = record[2].Split('/')[0];
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) && rate is > 0 and < double.PositiveInfinity
            ? rate
            : throw new WfdbException($"{file} has no usable sampling frequency in its first line: it must be a positive number.");
    }

    private static int Number(string file, string[] record, int index, string what) =>
        record.Length > index && int.TryParse(record[index], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new WfdbException($"{file} has no usable {what} in its first line: it must be a whole number.");
}
