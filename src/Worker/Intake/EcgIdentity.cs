using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Intake;

/// <summary>
/// The identity of an ECG: patient, time, and what the sender calls it. Together with the hash of the signal and of the
/// model it is the business key of a study: events that agree in all of them are the same ECG, whichever way they came.
/// </summary>
internal static class EcgIdentity
{
    /// <summary>SHA-256 over the identity, lower-case hexadecimal; the patient's name has no part in it.</summary>
    public static string Of(EcgEnvelope envelope)
    {
        var subject = envelope.Subject;
        string?[] parts =
        [
            subject.Reference, subject.Identifier?.System, subject.Identifier?.Value,
            .. EffectiveTexts(envelope.Effective), envelope.Id, .. envelope.Identifiers.SelectMany(i => new[] { i.System, i.Value }),
        ];
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            // Lengths stand before the parts, so that no two lists of parts give one text.
            text.Append(CultureInfo.InvariantCulture, $"{part?.Length ?? -1}:").Append(part);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string?[] EffectiveTexts(DataType? effective) => effective switch
    {
        FhirDateTime at => [at.Value],
        Instant at => [at.Value?.ToString("O", CultureInfo.InvariantCulture)],
        Period period => [period.Start, period.End],
        _ => [],
    };
}
