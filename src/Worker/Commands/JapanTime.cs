using System.Globalization;
using System.Text.RegularExpressions;
using EcgIntegration.Worker.Review;

namespace EcgIntegration.Worker.Commands;

/// <summary>Times as verbs show and take them: Japan's, wherever the verb runs, and shown as such.</summary>
internal static partial class JapanTime
{
    private static readonly string[] WithoutOffset = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"];

    private static readonly string[] WithOffset =
    [
        "yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
        "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
    ];

    /// <summary>A moment for people.</summary>
    public static string Of(DateTimeOffset moment) =>
        moment.ToOffset(ReviewTexts.JapanOffset).ToString("yyyy-MM-dd HH:mm:ss 'JST'", CultureInfo.InvariantCulture);

    /// <summary>Reads a time as ISO 8601, Japan's where it has no offset, or an age from 1 in minutes, hours or days.</summary>
    public static bool TryRead(string text, DateTimeOffset now, out DateTimeOffset moment)
    {
        if (Age().Match(text) is { Success: true } age)
        {
            var number = int.Parse(age.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            moment = now - age.Groups[2].Value switch
            {
                "m" => TimeSpan.FromMinutes(number),
                "h" => TimeSpan.FromHours(number),
                _ => TimeSpan.FromDays(number),
            };
            return true;
        }

        if (DateTime.TryParseExact(text, WithoutOffset, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            // The first morning of the calendar in Japan is before it.
            moment = local.Ticks < ReviewTexts.JapanOffset.Ticks ? DateTimeOffset.MinValue : new(local, ReviewTexts.JapanOffset);
            return true;
        }

        return DateTimeOffset.TryParseExact(text, WithOffset, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out moment);
    }

    [GeneratedRegex(@"^([1-9][0-9]{0,4})([mhd])\z")]
    private static partial Regex Age();
}
