using System.Text.Json;

namespace EcgIntegration.Signals.Fhir;

/// <summary>
/// Reads the ECG of a FHIR R4 Observation: one component a lead, or leads interlaced in one SampledData.
/// Leads are told by code and system, never by position or display; other components are ignored.
/// </summary>
/// <remarks>
/// The leads of an interlaced waveform (code 131328, <c>dimensions</c> = number of leads) are named by the lead codings
/// that stand beside 131328, or by components that carry a lead code and no value, in the order of the dimensions.
/// Without names twelve dimensions are I, II, III, aVR, aVL, aVF, V1-V6 - the limb leads' own contradictions
/// give away another order - and eight are I, II, V1-V6; any other number is refused.
/// </remarks>
public static class ObservationSignalReader
{
    /// <summary>Reads one Observation. Never throws for any input; memory is bounded by <see cref="SignalLimits"/>.</summary>
    /// <param name="observationUtf8">The resource as UTF-8 JSON, with or without a byte order mark.</param>
    public static ReadResult Read(ReadOnlySpan<byte> observationUtf8)
    {
        var text = observationUtf8.StartsWith("\uFEFF"u8) ? observationUtf8["\uFEFF"u8.Length..] : observationUtf8;
        var reader = new Utf8JsonReader(text);
        var scan = new ObservationScan();
        try
        {
            scan.Read(ref reader);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return ReadResult.Refused(SignalReasons.JsonInvalid.At(null, reader.BytesConsumed));
        }

        return scan.Problem is { } problem
            ? ReadResult.Refused(problem)
            : new LeadAssembly(scan.Waveforms).Decode(text);
    }
}
