using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EcgIntegration.Signals.Fhir;
using EcgIntegration.Signals.Wfdb;

namespace EcgIntegration.Worker.Commands.Publishing;

/// <summary>WFDB records as the Observations that events carry.</summary>
internal static class WfdbObservation
{
    private const int IdLength = 16;

    /// <summary>Reads a record and writes it as an Observation.</summary>
    /// <param name="header">The record's <c>.hea</c> file.</param>
    /// <param name="patient">
    /// The patient as <c>Patient/ID</c>. Without one an invented patient stands in, the same for the same signal: a record
    /// says nothing about whose it is, and a result must be filed under somebody.
    /// </param>
    /// <param name="subject">The patient written.</param>
    /// <exception cref="WfdbException">The record cannot be read.</exception>
    /// <exception cref="ArgumentException">A lead has no unit of voltage.</exception>
    public static byte[] Read(string header, string? patient, out string subject)
    {
        var record = WfdbReader.Read(header);
        subject = patient ?? $"Patient/anonymous-{Fingerprint(record)}";
        return ObservationWriter.Write(record, new ObservationDetails { SubjectReference = subject });
    }

    private static string Fingerprint(WfdbRecord record)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var signal in record.Signals)
        {
            hash.AppendData(MemoryMarshal.AsBytes(signal.Counts.AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..IdLength];
    }
}
