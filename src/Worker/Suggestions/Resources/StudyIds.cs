using System.Security.Cryptography;
using System.Text;

namespace EcgIntegration.Worker.Suggestions.Resources;

/// <summary>
/// Logical ids, derived from study and model by SHA-256 (a version 8 UUID): a retry writes the same ids, another model
/// never meets them.
/// </summary>
internal readonly struct StudyIds(Guid study, string modelSha256)
{
    public string Of(string type, string discriminator = "")
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{study:D}\n{modelSha256}\n{type}\n{discriminator}"), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true).ToString("D");
    }
}
