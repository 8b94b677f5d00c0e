using System.Globalization;
using System.Text.RegularExpressions;
using EcgIntegration.Persistence.Search;

namespace EcgIntegration.Worker.Fhir.Search;

/// <summary>
/// Dates in searches: a year, a month, a day or a moment to the minute, the second or a fraction of it. What names no time zone
/// is Japan's, where this is read.
/// </summary>
internal static partial class SearchDate
{
    private const int MicrosecondDigits = 6;

    private static readonly TimeSpan Japan = TimeSpan.FromHours(9);

    /// <summary>A value with its prefix as the interval it means; <see langword="null"/> where it is no date.</summary>
    public static DateValue? Parse(string text)
    {
        // A plus in a query is often sent bare, and arrives as a space.
        if (Form().Match(text.Replace(' ', '+')) is not { Success: true } match || Number(match, "year") is not (> 0 and var year))
        {
            return null;
        }

        var (month, day) = (Number(match, "month"), Number(match, "day"));
        try
        {
            var start = new DateTime(year, month ?? 1, day ?? 1, 0, 0, 0, DateTimeKind.Unspecified);
            var prefix = match.Groups["prefix"] is { Length: > 0 } group
                ? Enum.Parse<DatePrefix>(group.ValueSpan, ignoreCase: true)
                : DatePrefix.Eq;
            return (month, day, Number(match, "hour")) switch
            {
                (null, _, _) => Interval(prefix, start, Japan, year < DateTime.MaxValue.Year ? start.AddYears(1) : DateTime.MaxValue),
                (_, null, _) => Interval(prefix, start, Japan, Later(start, start => start.AddMonths(1))),
                (_, _, null) => Interval(prefix, start, Japan, Later(start, start => start.AddDays(1))),
                (_, _, { } hour) => Moment(
                    prefix, match, start.Add(new TimeSpan(0, hour, Number(match, "minute")!.Value, Number(match, "second") ?? 0))),
            };
        }
        catch (ArgumentOutOfRangeException)
        {
            // The 30th of February, or a moment before the calendar's first.
            return null;
        }
    }

    private static DateValue? Moment(DatePrefix prefix, Match match, DateTime start)
    {
        if (Number(match, "hour") > 23 || Number(match, "minute") > 59 || Number(match, "second") > 59)
        {
            return null;
        }

        var step = match.Groups["second"].Success ? TimeSpan.FromSeconds(1) : TimeSpan.FromMinutes(1);
        if (match.Groups["fraction"] is { Length: > 0 } fraction)
        {
            var digits = fraction.Value[..Math.Min(fraction.Length, MicrosecondDigits)];
            var microseconds = long.Parse(digits.PadRight(MicrosecondDigits, '0'), CultureInfo.InvariantCulture);
            start = start.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
            step = TimeSpan.FromMicroseconds(Math.Pow(10, MicrosecondDigits - digits.Length));
        }

        var zone = match.Groups["zone"].Value;
        return Interval(prefix, start, zone is "" ? Japan : zone is "Z" ? TimeSpan.Zero : Offset(zone), Later(start, start => start + step));
    }

    private static DateValue Interval(DatePrefix prefix, DateTime start, TimeSpan offset, DateTime end) => new(prefix, At(start, offset), At(end, offset));

    /// <summary>The calendar's first and last moments have none that much earlier or later.</summary>
    private static DateTimeOffset At(DateTime local, TimeSpan offset)
    {
        var ticks = local.Ticks - offset.Ticks;
        return new DateTimeOffset(Math.Clamp(local == DateTime.MaxValue ? long.MaxValue : ticks, 0, DateTime.MaxValue.Ticks), TimeSpan.Zero);
    }

    private static DateTime Later(DateTime start, Func<DateTime, DateTime> next)
    {
        try
        {
            return next(start);
        }
        catch (ArgumentOutOfRangeException)
        {
            return DateTime.MaxValue;
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">It is beyond the fourteen hours there are.</exception>
    private static TimeSpan Offset(string zone)
    {
        var (hours, minutes) = (zone[1..3], zone[4..6]);
        var offset = new TimeSpan(int.Parse(hours, CultureInfo.InvariantCulture), int.Parse(minutes, CultureInfo.InvariantCulture), 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, TimeSpan.FromHours(14));
        return zone[0] == '-' ? -offset : offset;
    }

    private static int? Number(Match match, string group) =>
        match.Groups[group] is { Success: true } found ? int.Parse(found.ValueSpan, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(
        """
        \A (?<prefix>eq|ne|gt|lt|ge|le|sa|eb|ap)? (?<year>[0-9]{4})
        (- (?<month>[0-9]{2})
          (- (?<day>[0-9]{2})
            (T (?<hour>[0-9]{2}) : (?<minute>[0-9]{2}) (: (?<second>[0-9]{2}) (\. (?<fraction>[0-9]{1,12}))? )?
              (?<zone>Z|[+-][0-9]{2}:[0-9]{2})? )? )? )? \z
        """,
        RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Form();
}
