using System.Globalization;
using EcgIntegration.Contracts.Events;

namespace EcgIntegration.Worker.Review;

/// <summary>Words of the page: Japanese, with English beside.</summary>
internal static class ReviewTexts
{
    public static (string Ja, string En) Of(StudyStatus status) => status switch
    {
        StudyStatus.Received => ("解析中", "received"),
        StudyStatus.Classified => ("解析済", "classified"),
        StudyStatus.Uncertain => ("判定保留（判定不能）", "uncertain"),
        StudyStatus.Unanalysable => ("判定保留（解析不能）", "unanalysable"),
        StudyStatus.Rejected => ("受付不可", "rejected"),
        _ => ("処理失敗", "failed"),
    };

    /// <summary>Time of day in Japan, where the page is read; with the date where it is not today's.</summary>
    public static string Time(DateTimeOffset moment, DateTimeOffset now)
    {
        var local = moment.ToOffset(JapanOffset);
        return local.ToString(
            local.Date == now.ToOffset(JapanOffset).Date ? "HH:mm:ss" : "MM/dd HH:mm",
            CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// When an ECG was recorded, with the date and in Japan's time; a FHIR dateTime that is only a day, a month or a year
    /// stays one.
    /// </summary>
    public static string Recorded(string? dateTime) =>
        dateTime is null ? "不明"
        : dateTime.Contains('T', StringComparison.Ordinal)
            && DateTimeOffset.TryParse(dateTime, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment.ToOffset(JapanOffset).ToString("yyyy/MM/dd HH:mm", CultureInfo.InvariantCulture)
            : dateTime.Replace('-', '/');

    /// <summary>How long something has waited, to the minute.</summary>
    public static string Waiting(TimeSpan time)
    {
        var minutes = (long)Math.Max(0, time.TotalMinutes);
        return minutes < 60 ? $"{minutes}分待ち" : $"{minutes / 60}時間{minutes % 60}分待ち";
    }

    /// <summary>Japan has one offset, all year.</summary>
    public static TimeSpan JapanOffset { get; } = TimeSpan.FromHours(9);
}
