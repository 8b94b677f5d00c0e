using System.Globalization;
using System.Text.Json;

namespace EcgIntegration.Persistence.Search;

/// <summary>From the first moment of a date to its last, both within it: a moment with its seconds is its own last.</summary>
/// <param name="From">First moment; <see cref="DateTimeOffset.MinValue"/> where it has no beginning.</param>
/// <param name="To">Last moment, to the microsecond; <see cref="DateTimeOffset.MaxValue"/> where it has no end.</param>
public readonly record struct FhirInterval(DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>PostgreSQL's resolution.</summary>
    private static readonly TimeSpan Resolution = TimeSpan.FromMicroseconds(1);

    /// <summary>The interval from the earliest to the latest of some elements; <see langword="null"/> where none is a date.</summary>
    internal static FhirInterval? Around(IEnumerable<JsonElement> elements)
    {
        FhirInterval? around = null;
        foreach (var element in elements)
        {
            if (Of(element) is { } found)
            {
                around = around is { } known
                    ? new(found.From < known.From ? found.From : known.From, found.To > known.To ? found.To : known.To)
                    : found;
            }
        }

        return around;
    }

    /// <summary>From a moment to just before another.</summary>
    internal static FhirInterval Until(DateTimeOffset from, DateTimeOffset until) => new(from, until > from ? until - Resolution : from);

    /// <summary>A text, or a Period of which one end at least is a date.</summary>
    private static FhirInterval? Of(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return FhirDate.TryParse(element.Text(), out var date) ? date : null;
        }

        var starts = FhirDate.TryParse(element.Text("start"), out var start);
        var ends = FhirDate.TryParse(element.Text("end"), out var end);
        // A period that ends before it starts is wrong at one of its ends: it is found by where it starts.
        return (starts, ends) switch
        {
            (false, false) => null,
            (true, true) => new(start.From, end.To < start.From ? start.To : end.To),
            (true, false) => new(start.From, DateTimeOffset.MaxValue),
            _ => new(DateTimeOffset.MinValue, end.To),
        };
    }
}

/// <summary>FHIR dates: a year, a month, a day, or a moment with its offset.</summary>
public static class FhirDate
{
    /// <summary>Days without an offset are days in Japan, where this is read.</summary>
    private static readonly TimeSpan DefaultOffset = TimeSpan.FromHours(9);

    private static readonly (string Format, Func<DateTime, DateTime> Next)[] Parts =
    [
        ("yyyy", day => day.AddYears(1)),
        ("yyyy-MM", day => day.AddMonths(1)),
        ("yyyy-MM-dd", day => day.AddDays(1)),
    ];

    /// <summary>Reads one.</summary>
    /// <param name="text">The date as FHIR writes it (R4, 2.24.0.1).</param>
    /// <param name="date">From its first moment to its last.</param>
    public static bool TryParse(string? text, out FhirInterval date)
    {
        foreach (var (format, next) in Parts)
        {
            if (DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                date = FhirInterval.Until(
                    Moment(day), day.Year < DateTime.MaxValue.Year ? Moment(next(day)) : DateTimeOffset.MaxValue);
                return true;
            }
        }

        var isMoment = DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var moment) && text!.Contains('T', StringComparison.Ordinal);
        date = new(moment, moment);
        return isMoment;
    }

    /// <summary>The first day of the calendar has no moment nine hours earlier.</summary>
    private static DateTimeOffset Moment(DateTime day) =>
        day.Year > 1 ? new DateTimeOffset(day, DefaultOffset).ToUniversalTime() : DateTimeOffset.MinValue;
}
