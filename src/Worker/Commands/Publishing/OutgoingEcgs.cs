using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Signals.Fhir;
using EcgIntegration.Signals.Wfdb;
using EcgIntegration.Worker.Commands.Files;

namespace EcgIntegration.Worker.Commands.Publishing;

/// <summary>From paths to what can be published: Observations are wrapped, events sent as they are.</summary>
internal static class OutgoingEcgs
{
    private const int FingerprintLength = 16;

    /// <summary>Reads one file after the other, so that a large folder does not fill the memory.</summary>
    /// <param name="terminal">Receives a sentence on each file that cannot be published.</param>
    /// <param name="paths">Files and folders.</param>
    /// <param name="patient">
    /// Whose the WFDB records are, as <c>Patient/ID</c>. Without one an invented patient stands in, the same for the same
    /// signal: a record says nothing about whose it is, and a result must be filed under somebody.
    /// </param>
    /// <param name="refused">Called for each file that cannot be published.</param>
    /// <exception cref="CommandException">A path leads nowhere.</exception>
    public static IEnumerable<OutgoingEcg> Read(Terminal terminal, IReadOnlyList<string> paths, string? patient, Action? refused = null)
    {
        foreach (var file in EcgFiles.Expand(paths, terminal.Japanese))
        {
            if (Take(file, patient, out var sentence) is { } ecg)
            {
                yield return ecg;
            }
            else
            {
                refused?.Invoke();
                terminal.Warn($"{file.Source}: {sentence.En}", $"{file.Source}: {sentence.Ja}");
            }
        }
    }

    private static OutgoingEcg? Take(EcgFile file, string? patient, out (string En, string Ja) sentence)
    {
        sentence = default;
        Reason? reason = null;
        var json = file.Event ?? file.ToObservation(
            record => new ObservationDetails { SubjectReference = patient ?? $"Patient/anonymous-{Fingerprint(record)}" },
            out reason);
        if (json is null || reason is not null)
        {
            sentence = (reason!.En, reason.Ja);
            return null;
        }

        try
        {
            var head = EventHead.Read(json.Value.Span);
            if (head.EventId is null ? head.ResourceType == "Observation" : Guid.TryParse(head.EventId, out _))
            {
                return new(file.Source, file.Name, json.Value, head);
            }

            sentence = head.EventId is null
                ? ("This is neither a FHIR Observation nor an event with an eventId.", "FHIR Observation でも、eventId を持つイベントでもありません。")
                : ("Its eventId is not a UUID.", "eventId が UUID ではありません。");
        }
        catch (JsonException)
        {
            sentence = ("This is not JSON in UTF-8.", "UTF-8 の JSON ではありません。");
        }

        return null;
    }

    private static string Fingerprint(WfdbRecord record)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var signal in record.Signals)
        {
            hash.AppendData(MemoryMarshal.AsBytes(signal.Counts.AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..FingerprintLength];
    }
}
