using System.Security.Cryptography;
using System.Text;

namespace EcgIntegration.Worker.Suggestions.Resources;

/// <summary>
/// Logical ids, derived by SHA-256 (a version 8 UUID) from the lineage of a result: the ECG, as long as no physician has
/// signed. A retry writes the same ids, and so does the next result of the same ECG, as the next version; another ECG never
/// meets them.
/// </summary>
/// <param name="lineage">What the ids derive from.</param>
internal readonly struct ResultIds(string lineage)
{
    /// <summary>The lineage of an ECG's first result.</summary>
    public static string LineageOf(string observationId) => $"Observation/{observationId}";

    public string Of(string type, string discriminator = "")
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{lineage}\n{type}\n{discriminator}"), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true).ToString("D");
    }
}
