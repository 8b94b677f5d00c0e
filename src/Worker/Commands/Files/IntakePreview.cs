using System.Buffers;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Intake;
using EcgIntegration.Worker.Pipeline;

namespace EcgIntegration.Worker.Commands.Files;

/// <summary>
/// What the worker's intake says of an ECG that comes as an event: with a signal that can be analysed it may still be refused,
/// because it names no patient, was entered in error, or is no valid FHIR.
/// </summary>
internal static class IntakePreview
{
    private static readonly int MaxBodyBytes = new IntakeOptions().MaxBodyBytes;

    /// <summary>Why the event would be refused; empty where it would be taken.</summary>
    public static IReadOnlyList<Reason> OfEvent(ReadOnlyMemory<byte> body) =>
        !EventReader.TryRead(body, EventNames.ReceivedRoutine, MaxBodyBytes, out var ecg, out var refused) ? refused.Reasons
        : ecg.StoredObservationId is not null || IncomingEcg.TryRead(ecg.Observation, out _, out var reasons) ? []
        : reasons;

    /// <summary>The same for an Observation in an event that is right in all else.</summary>
    public static IReadOnlyList<Reason> OfObservation(ReadOnlySpan<byte> observation)
    {
        var body = new ArrayBufferWriter<byte>(observation.Length + 128);
        body.Write("{\"eventId\":\"00000000-0000-4000-8000-000000000001\",\"sourceSystem\":\"inspect\",\"observation\":"u8);
        body.Write(observation);
        body.Write("}"u8);
        return OfEvent(body.WrittenMemory);
    }
}
