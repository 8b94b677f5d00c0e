using EcgIntegration.Contracts;

namespace EcgIntegration.Signals.Quality;

/// <summary>
/// Leads without a signal: constant, or only wandering slowly. A pause that all leads share is the heart's, not the
/// electrode's, so a flat stretch counts only while another lead shows something; a lead that is flat throughout always does.
/// </summary>
internal static class FlatLeads
{
    /// <summary>Longest stretch looked at as one, in seconds: any rhythm above 30/min has a QRS complex in it.</summary>
    private const double StretchSeconds = 2;

    /// <summary>Peak to peak in mV. The smallest real stretch in LUDB and CinC 2021 has 0.08; an open input shows the last bit or two (5 µV).</summary>
    private const float FlatMillivolts = 0.03f;

    /// <summary>Peak to peak in mV that only a heart beat reaches.</summary>
    private const float BeatMillivolts = 0.2f;

    internal static IEnumerable<Reason> Find(EcgRecording recording, WanderFree wander)
    {
        var stretch = (int)(StretchSeconds * recording.SamplingRate);
        var stretches = recording.SampleCount / stretch;
        var ranges = new float[EcgRecording.LeadCount, stretches];
        foreach (var lead in LeadCodes.All)
        {
            for (var i = 0; i < stretches; i++)
            {
                ranges[(int)lead, i] = Range(wander[lead].Slice(i * stretch, stretch));
            }
        }

        foreach (var lead in LeadCodes.All)
        {
            var flat = 0;
            var flatWhileOthersBeat = 0;
            for (var i = 0; i < stretches; i++)
            {
                if (ranges[(int)lead, i] < FlatMillivolts)
                {
                    flat++;
                    flatWhileOthersBeat += LeadCodes.All.Any(other => ranges[(int)other, i] > BeatMillivolts) ? 1 : 0;
                }
            }

            if (flatWhileOthersBeat > 0 || flat == stretches)
            {
                yield return SignalReasons.LeadFlat.At(
                    SignalQuality.PlaceOf(recording, lead), lead.Name(), Math.Max(flatWhileOthersBeat, flat == stretches ? flat : 0) * StretchSeconds);
            }
        }
    }

    private static float Range(ReadOnlySpan<float> samples)
    {
        float low = float.PositiveInfinity, high = float.NegativeInfinity;
        foreach (var sample in samples)
        {
            low = Math.Min(low, sample);
            high = Math.Max(high, sample);
        }

        return high - low;
    }
}
