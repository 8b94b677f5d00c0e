using System.Diagnostics.CodeAnalysis;
using EcgIntegration.Contracts;
using EcgIntegration.Signals;
using EcgIntegration.Signals.Fhir;
using EcgIntegration.Worker.Intake;

namespace EcgIntegration.Worker.Pipeline;

/// <summary>An Observation with what was read from it.</summary>
/// <param name="Observation">The Observation as sent, UTF-8 JSON.</param>
/// <param name="Envelope">Patient, time and identifiers.</param>
/// <param name="Recording">The signal.</param>
internal sealed record IncomingEcg(ReadOnlyMemory<byte> Observation, EcgEnvelope Envelope, EcgRecording Recording)
{
    /// <summary>Reads signal and envelope; the signal's reasons come first, because they say the most.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> observation, [NotNullWhen(true)] out IncomingEcg? ecg, out IReadOnlyList<Reason> reasons)
    {
        ecg = null;
        var signal = ObservationSignalReader.Read(observation.Span);
        if (signal.Recording is not { } recording)
        {
            reasons = signal.Reasons;
            return false;
        }

        if (!EnvelopeReader.TryRead(observation.Span, out var envelope, out reasons))
        {
            return false;
        }

        if (envelope.WithdrawnStatus is { } status)
        {
            reasons = [EventReasons.StatusUnusable.At("observation.status", status)];
            return false;
        }

        ecg = new IncomingEcg(observation, envelope, recording);
        return true;
    }
}
