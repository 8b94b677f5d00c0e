using System.Security.Cryptography;
using System.Text;

namespace EcgIntegration.Persistence.Resources;

/// <summary>
/// Logical ids. A client's id is kept where it is valid and free, or held by the same source system for the same patient.
/// Held by anyone else, or missing, an id is derived from source, patient and client id: always the same one for the same
/// ECG, and never one on which another patient's ECG lies.
/// </summary>
public static class ResourceId
{
    private const int MaximumLength = 64;
    private const int HashDigits = 8;
    private const int MissingIdDigits = 32;

    /// <summary>
    /// Whether a text is a FHIR id: 1 to 64 of A-Z, a-z, 0-9, <c>-</c> and <c>.</c>. <c>.</c> and <c>..</c> are ids by that
    /// rule, and ways out of a folder in a URL: they are not taken.
    /// </summary>
    public static bool IsValid(string? id) =>
        id is { Length: > 0 and <= MaximumLength } and not ("." or "..") && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');

    /// <summary>The id that stands in for one held by another source system or patient.</summary>
    internal static string Derive(string id, string source, string patientKey)
    {
        var hash = Hash(source, patientKey, id)[..HashDigits];
        return $"{id[..Math.Min(id.Length, MaximumLength - HashDigits - 1)]}-{hash}";
    }

    /// <summary>The id of an Observation that came without a usable one.</summary>
    internal static string FromKey(string observationKey) => Hash("observation", observationKey)[..MissingIdDigits];

    /// <summary>Lengths stand before the parts: no two lists of parts give one text.</summary>
    private static string Hash(params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            text.Append(part.Length).Append(':').Append(part);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
