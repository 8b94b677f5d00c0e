using EcgIntegration.Contracts;

namespace EcgIntegration.Signals.Quality;

/// <summary>
/// Peaks cut off at one level. A natural peak or a quiet baseline can rest on its extreme value too (0.28 s in LUDB 115),
/// but comes to it slowly; a clipped one arrives at full slope and lies far from the middle.
/// </summary>
internal static class Clipping
{
    private const double PlateauSeconds = 0.008;
    private const int PlateauSamples = 3;

    // One cut-off peak may be an artefact of a moment, or chance: LUDB 99 has one in I.
    private const int Plateaus = 2;

    /// <summary>Step into the plateau over two samples, as a part of the lead's range.</summary>
    private const float Corner = 0.04f;

    /// <summary>Distance from the lead's mean, as a part of its range.</summary>
    private const float FarOut = 0.3f;

    internal static Reason? Find(EcgRecording recording, Lead lead)
    {
        var samples = recording[lead];
        float low = float.PositiveInfinity, high = float.NegativeInfinity;
        double sum = 0;
        foreach (var sample in samples)
        {
            low = Math.Min(low, sample);
            high = Math.Max(high, sample);
            sum += sample;
        }

        var mean = (float)(sum / samples.Length);
        var range = high - low;
        var shortest = Math.Max(PlateauSamples, (int)Math.Ceiling(PlateauSeconds * recording.SamplingRate));
        var clipped = (high - mean > FarOut * range ? ClippedAt(samples, high, range, shortest) : 0)
            + (mean - low > FarOut * range ? ClippedAt(samples, low, range, shortest) : 0);
        return clipped == 0 ? null : SignalReasons.LeadSaturated.At(SignalQuality.PlaceOf(recording, lead), lead.Name(), clipped);
    }

    /// <summary>Samples on abrupt plateaus at a level, or 0 where there are too few plateaus.</summary>
    private static int ClippedAt(ReadOnlySpan<float> samples, float level, float range, int shortest)
    {
        var plateaus = 0;
        var clipped = 0;
        for (var start = 0; start < samples.Length; start++)
        {
            var end = start;
            while (end < samples.Length && samples[end] == level)
            {
                end++;
            }

            if (end - start >= shortest && (IsCorner(samples, start, start - 2, range) || IsCorner(samples, end - 1, end + 1, range)))
            {
                plateaus++;
                clipped += end - start;
            }

            start = Math.Max(start, end);
        }

        return plateaus >= Plateaus ? clipped : 0;
    }

    private static bool IsCorner(ReadOnlySpan<float> samples, int edge, int outside, float range) =>
        outside >= 0 && outside < samples.Length && Math.Abs(samples[edge] - samples[outside]) > Corner * range;
}
