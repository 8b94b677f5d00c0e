using EcgIntegration.Contracts;
using EcgIntegration.Signals.Preprocessing;

namespace EcgIntegration.Signals.Quality;

/// <summary>Decides whether a recording can be analysed at all.</summary>
public static class SignalQuality
{
    /// <summary>Why the recording cannot be analysed; empty where it can.</summary>
    public static IReadOnlyList<Reason> Examine(EcgRecording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        var reasons = new List<Reason>();
        if (Preprocessor.WindowCount(recording) == 0)
        {
            reasons.Add(SignalReasons.TooShort.At(null, Math.Round(recording.Duration.TotalSeconds, 2), Preprocessor.MinimumSeconds));
        }

        foreach (var lead in LeadCodes.All)
        {
            var samples = recording[lead];
            var missing = 0;
            var outside = 0;
            foreach (var sample in samples)
            {
                missing += float.IsNaN(sample) ? 1 : 0;
                outside += float.IsInfinity(sample) ? 1 : 0;
            }

            var place = recording.Places.GetValueOrDefault(lead, lead.Name());
            if (missing == samples.Length)
            {
                reasons.Add(SignalReasons.LeadMissing.At(place, lead.Name()));
            }
            else if (missing > 0)
            {
                reasons.Add(SignalReasons.SamplesMissing.At(place, lead.Name(), missing));
            }
            else if (outside > 0)
            {
                reasons.Add(SignalReasons.LeadSaturated.At(place, lead.Name(), outside));
            }
        }

        return reasons;
    }
}
