using System.Globalization;
using System.Text;
using EcgIntegration.Signals;

namespace EcgIntegration.Worker.Review;

/// <summary>
/// A recording as SVG in the usual format: 25 mm/s, 10 mm/mV, three rows of four leads of 2.5 s each, and lead II over the
/// whole 10 s below. One user unit is one millimetre of paper. Each trace is shifted by its own median, as a recorder's
/// baseline is; nothing else is done to the signal.
/// </summary>
internal static class EcgSheet
{
    private const double MillimetresPerSecond = 25;
    private const double MillimetresPerMillivolt = 10;
    private const double SegmentSeconds = 2.5;
    private const double SheetSeconds = 10;
    private const int Left = 15;
    private const int Width = Left + 250 + 5;
    private const int RowHeight = 35;
    private const int FirstBaseline = 20;
    private const int Height = (4 * RowHeight) + 5;

    /// <summary>Room above the first row for tall chest leads, at most; a trace beyond it is no ECG.</summary>
    private const int MostHeadroom = 60;

    /// <summary>More points than a screen shows only make the page slow.</summary>
    private const double MostPointsPerSecond = 500;

    private static readonly Lead[][] Rows =
    [
        [Lead.I, Lead.AVR, Lead.V1, Lead.V4],
        [Lead.II, Lead.AVL, Lead.V2, Lead.V5],
        [Lead.III, Lead.AVF, Lead.V3, Lead.V6],
    ];

    public static Markup Draw(EcgRecording recording)
    {
        var top = -Headroom(recording);
        var body = new StringBuilder();
        for (var row = 0; row < Rows.Length; row++)
        {
            AppendCalibration(body, row);
            for (var column = 0; column < Rows[row].Length; column++)
            {
                AppendLead(body, recording, Rows[row][column], row, column * SegmentSeconds, SegmentSeconds);
            }
        }

        AppendCalibration(body, Rows.Length);
        AppendLead(body, recording, Lead.II, Rows.Length, 0, SheetSeconds);
        return Html.Of($"""
            <svg viewBox="0 {top} {Width} {Height - top}" role="img" aria-labelledby="ecg-title ecg-desc" xmlns="http://www.w3.org/2000/svg">
            <title id="ecg-title">12誘導心電図</title>
            <desc id="ecg-desc">25 mm/s、10 mm/mV。各誘導2.5秒、最下段はII誘導10秒。</desc>
            <defs>
            <pattern id="mm" width="5" height="5" patternUnits="userSpaceOnUse"><path class="g1" d="M1 0V5M2 0V5M3 0V5M4 0V5M0 1H5M0 2H5M0 3H5M0 4H5"/><path class="g5" d="M0 0H5M0 0V5"/></pattern>
            </defs>
            <rect y="{top}" width="{Width}" height="{Height - top}" fill="url(#mm)"/>
            {new Markup(body.ToString())}
            <text class="scale" x="{Width - 2}" y="{Height - 2}" text-anchor="end">25 mm/s　10 mm/mV　{recording.SamplingRate:0} Hz　{recording.Duration.TotalSeconds:0.#} 秒の記録</text>
            </svg>
            """);
    }

    private static double Baseline(int row) => (row * RowHeight) + FirstBaseline;

    /// <summary>Whole squares of 5 mm by which the first row's peaks stand over the sheet.</summary>
    private static int Headroom(EcgRecording recording)
    {
        var highest = 0d;
        for (var column = 0; column < Rows[0].Length; column++)
        {
            var segment = Segment(recording, Rows[0][column], column * SegmentSeconds, SegmentSeconds);
            var centre = Median(segment);
            foreach (var value in segment)
            {
                highest = float.IsFinite(value) ? Math.Max(highest, (value - centre) * MillimetresPerMillivolt) : highest;
            }
        }

        return Math.Clamp((int)Math.Ceiling((highest + 1 - FirstBaseline) / 5) * 5, 0, MostHeadroom);
    }

    private static ReadOnlySpan<float> Segment(EcgRecording recording, Lead lead, double fromSecond, double seconds)
    {
        var first = (int)Math.Min(fromSecond * recording.SamplingRate, recording.SampleCount);
        var end = (int)Math.Min((fromSecond + seconds) * recording.SamplingRate, recording.SampleCount);
        return recording[lead][first..end];
    }

    private static void AppendLead(StringBuilder svg, EcgRecording recording, Lead lead, int row, double fromSecond, double seconds)
    {
        var x = Left + (fromSecond * MillimetresPerSecond);
        var name = lead.ToString().Replace("AV", "aV", StringComparison.Ordinal) + (recording.Derived.Contains(lead) ? "（計算）" : "");
        AppendTrace(svg, Segment(recording, lead, fromSecond, seconds), recording.SamplingRate, x, Baseline(row));
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"lead\" x=\"{x + 1}\" y=\"{Baseline(row) - 11}\">{name}</text>");
    }

    /// <summary>A missing sample interrupts the trace; nothing is drawn in its place.</summary>
    private static void AppendTrace(StringBuilder svg, ReadOnlySpan<float> millivolts, double rate, double left, double baseline)
    {
        var centre = Median(millivolts);
        var step = Math.Max(1, (int)Math.Round(rate / MostPointsPerSecond));
        var pen = 'M';
        svg.Append("<path class=\"trace\" d=\"");
        for (var i = 0; i < millivolts.Length; i += step)
        {
            var value = Furthest(millivolts.Slice(i, Math.Min(step, millivolts.Length - i)), centre);
            if (!float.IsFinite(value))
            {
                pen = 'M';
                continue;
            }

            var x = left + (i / rate * MillimetresPerSecond);
            var y = baseline - ((value - centre) * MillimetresPerMillivolt);
            svg.Append(CultureInfo.InvariantCulture, $"{pen}{x:0.##} {y:0.##}");
            pen = 'L';
        }

        svg.Append("\"/>");
    }

    /// <summary>Of samples that share a point, the one that stands out: peaks keep their height.</summary>
    private static float Furthest(ReadOnlySpan<float> samples, float centre)
    {
        var furthest = samples[0];
        foreach (var sample in samples)
        {
            furthest = Math.Abs(sample - centre) > Math.Abs(furthest - centre) ? sample : furthest;
        }

        return furthest;
    }

    private static float Median(ReadOnlySpan<float> samples)
    {
        var finite = new List<float>(samples.Length);
        foreach (var sample in samples)
        {
            if (float.IsFinite(sample))
            {
                finite.Add(sample);
            }
        }

        finite.Sort();
        return finite.Count == 0 ? 0 : finite[finite.Count / 2];
    }

    /// <summary>The pulse of 1 mV and 0.2 s before each row.</summary>
    private static void AppendCalibration(StringBuilder svg, int row) => svg.Append(
        CultureInfo.InvariantCulture,
        $"<path class=\"trace\" d=\"M4 {Baseline(row)}h2v-10h5v10h2\"/>");
}
