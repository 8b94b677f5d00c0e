using EcgIntegration.Contracts;
using EcgIntegration.Signals.Preprocessing;

namespace EcgIntegration.Signals.Quality;

/// <summary>
/// Decides whether a recording can be analysed at all. The thresholds are meant to let through every ECG that a
/// physician would read, noisy ones included, and to stop signals that are no ECG: of the 200 LUDB and 50 CinC 2021
/// records two are stopped, which have three constant chest leads each.
/// </summary>
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

        AddIncomplete(recording, reasons);
        if (reasons.Count > 0)
        {
            // What follows measures shapes, which takes complete leads.
            return reasons;
        }

        using var wander = new WanderFree(recording);
        reasons.AddRange(FlatLeads.Find(recording, wander));
        foreach (var lead in LeadCodes.All)
        {
            if (Clipping.Find(recording, lead) is { } clipped)
            {
                reasons.Add(clipped);
            }

            if (LeadNoise.Find(recording, wander, lead) is { } noise)
            {
                reasons.Add(noise);
            }
        }

        if (reasons.Count == 0)
        {
            reasons.AddRange(LimbLeads.FindContradictions(recording, wander));
        }

        return reasons;
    }

    internal static string PlaceOf(EcgRecording recording, Lead lead) => recording.Places.GetValueOrDefault(lead, lead.Name());

    private static void AddIncomplete(EcgRecording recording, List<Reason> reasons)
    {
        foreach (var lead in LeadCodes.All)
        {
            var missing = 0;
            var outside = 0;
            foreach (var sample in recording[lead])
            {
                missing += float.IsNaN(sample) ? 1 : 0;
                outside += float.IsInfinity(sample) ? 1 : 0;
            }

            var place = PlaceOf(recording, lead);
            if (missing == recording.SampleCount)
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
    }
}
