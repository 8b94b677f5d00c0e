using System.Globalization;
using System.Text.RegularExpressions;

namespace EcgIntegration.Signals.Wfdb;

/// <summary>One signal's line of a header.</summary>
/// <param name="File">Plain file name beside the header.</param>
/// <param name="Format">16 or 212.</param>
/// <param name="Offset">Bytes before the first sample; a CinC <c>.mat</c> has 24.</param>
/// <param name="Gain">Counts a unit.</param>
/// <param name="Baseline">The count of physical zero.</param>
/// <param name="Unit">Unit, or <see langword="null"/> where the signal is not calibrated.</param>
/// <param name="Checksum">Sum of all counts modulo 65,536, or <see langword="null"/>.</param>
/// <param name="Name">Description.</param>
internal sealed partial record WfdbSignalHeader(
    string File,
    int Format,
    int Offset,
    double Gain,
    int Baseline,
    string? Unit,
    ushort? Checksum,
    string Name)
{
    private const double DefaultGain = 200;

    internal static WfdbSignalHeader Parse(string header, string line)
    {
        var fields = line.Split((char[]?)null, 9, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 2)
        {
            throw new WfdbException($"A signal line of {header} has fewer than two fields: it must name a file and a format.");
        }

        if (fields[0] != Path.GetFileName(fields[0]) || fields[0] is "-" or "." or ".." || fields[0].Any(char.IsControl))
        {
            throw new WfdbException($"{header} names signals outside its own folder: put the signal file beside the header.");
        }

        var format = FormatPattern().Match(fields[1]);
        if (!format.Success || format.Groups["frames"].Value is not ("" or "1") || format.Groups["skew"].Value.Trim('0', ':').Length > 0)
        {
            throw new WfdbException($"{header} uses a signal format that is not supported: it must be 16 or 212, one sample a frame, without skew.");
        }

        var gain = GainOf(header, fields, out var baseline, out var unit);
        var zero = Whole(header, fields, 4) ?? 0;
        return new WfdbSignalHeader(
            fields[0],
            int.Parse(format.Groups["format"].Value, CultureInfo.InvariantCulture),
            int.TryParse(format.Groups["offset"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset : 0,
            gain,
            baseline ?? zero,
            unit,
            Whole(header, fields, 6) is { } checksum ? unchecked((ushort)checksum) : null,
            fields.Length > 8 ? fields[8].Trim() : string.Empty);
    }

    private static double GainOf(string header, string[] fields, out int? baseline, out string? unit)
    {
        baseline = null;
        unit = null;
        if (fields.Length < 3)
        {
            return DefaultGain;
        }

        var match = GainPattern().Match(fields[2]);
        if (!match.Success
            || !double.TryParse(match.Groups["gain"].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var gain)
            || !double.IsFinite(gain))
        {
            throw new WfdbException($"{header} has a gain that is no number: write it as gain(baseline)/unit, such as 1000(0)/mV.");
        }

        if (match.Groups["baseline"].Success)
        {
            baseline = int.TryParse(match.Groups["baseline"].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw new WfdbException($"{header} has a baseline that is no whole number: write it as gain(baseline)/unit, such as 1000(0)/mV.");
        }

        if (gain == 0)
        {
            // Zero says "not calibrated": the default gain makes numbers of it, but no voltage.
            return DefaultGain;
        }

        unit = match.Groups["unit"].Success ? match.Groups["unit"].Value : "mV";
        return gain;
    }

    private static int? Whole(string header, string[] fields, int index)
    {
        if (fields.Length <= index)
        {
            return null;
        }

        return int.TryParse(fields[index], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new WfdbException($"Field {index + 1} of a signal line of {header} is no whole number: write the line as the WFDB header format defines it.");
    }

    [GeneratedRegex(@"^(?<format>16|212)(x(?<frames>\d{1,4}))?(?<skew>:\d{1,6})?(\+(?<offset>\d{1,6}))?$")]
    private static partial Regex FormatPattern();

    [GeneratedRegex(@"^(?<gain>[^(/]+)(\((?<baseline>[^)]+)\))?(/(?<unit>\S+))?$")]
    private static partial Regex GainPattern();
}
