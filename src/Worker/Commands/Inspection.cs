using EcgIntegration.Contracts;
using EcgIntegration.Signals;
using EcgIntegration.Signals.Preprocessing;
using EcgIntegration.Signals.Quality;
using EcgIntegration.Worker.Commands.Files;

namespace EcgIntegration.Worker.Commands;

/// <summary>What the worker sees in one ECG; the shape of <c>ecg inspect --json</c>.</summary>
/// <param name="Source">Path, with line or entry.</param>
/// <param name="Verdict"><c>analysable</c>, <c>unanalysable</c> or <c>rejected</c>.</param>
/// <param name="Rate">Hz.</param>
/// <param name="Samples">Samples a lead.</param>
/// <param name="Seconds">Length.</param>
/// <param name="Unit">Unit of the leads' figures.</param>
/// <param name="SourceUnit">Unit of the source; several where its leads differ.</param>
/// <param name="Windows">10 s windows that the model would see.</param>
/// <param name="Sha256">Identity of the signal.</param>
/// <param name="Leads">The leads in the order of the tensor.</param>
/// <param name="Reasons">Why it is not analysable.</param>
/// <param name="Intake">
/// Why the worker would reject it all the same, as an event: the verdict speaks of the signal alone. Empty where it would be taken, and
/// where the verdict is <c>rejected</c> already.
/// </param>
internal sealed record Inspection(
    string Source,
    string Verdict,
    double? Rate,
    int? Samples,
    double? Seconds,
    string? Unit,
    string? SourceUnit,
    int? Windows,
    string? Sha256,
    IReadOnlyList<InspectedLead> Leads,
    IReadOnlyList<Reason> Reasons,
    IReadOnlyList<Reason> Intake)
{
    internal static Inspection Of(EcgFile file, out EcgRecording? recording)
    {
        var read = file.Read();
        recording = read.Recording;
        if (recording is null)
        {
            return new Inspection(file.Source, "rejected", null, null, null, null, null, null, null, [], read.Reasons, []);
        }

        var reasons = SignalQuality.Examine(recording);
        var ecg = recording;
        return new Inspection(
            file.Source,
            reasons.Count == 0 ? "analysable" : "unanalysable",
            ecg.SamplingRate,
            ecg.SampleCount,
            Math.Round(ecg.Duration.TotalSeconds, 3),
            "mV",
            ecg.SourceUnit,
            Preprocessor.WindowCount(ecg),
            ecg.ComputeSha256(),
            [.. LeadCodes.All.Select(lead => InspectedLead.Of(ecg, lead))],
            reasons,
            file.PreviewIntake());
    }
}

/// <summary>One lead of an <see cref="Inspection"/>.</summary>
/// <param name="Lead">Name.</param>
/// <param name="Place">Where it stood in the source; <see langword="null"/> for one that was not there.</param>
/// <param name="Derived">Whether it was computed from I and II.</param>
/// <param name="Missing">Samples that are missing or outside the recorder's limits.</param>
/// <param name="Minimum">Lowest sample, mV.</param>
/// <param name="Maximum">Highest sample, mV.</param>
internal sealed record InspectedLead(string Lead, string? Place, bool Derived, int Missing, double? Minimum, double? Maximum)
{
    internal static InspectedLead Of(EcgRecording recording, Lead lead)
    {
        var missing = 0;
        float low = float.PositiveInfinity, high = float.NegativeInfinity;
        foreach (var sample in recording[lead])
        {
            if (float.IsFinite(sample))
            {
                low = Math.Min(low, sample);
                high = Math.Max(high, sample);
            }
            else
            {
                missing++;
            }
        }

        var any = missing < recording.SampleCount;
        return new InspectedLead(
            lead.Name(),
            recording.Places.GetValueOrDefault(lead),
            recording.Derived.Contains(lead),
            missing,
            any ? Math.Round(low, 4) : null,
            any ? Math.Round(high, 4) : null);
    }
}
