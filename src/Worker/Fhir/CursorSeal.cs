using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using EcgIntegration.Worker.Security;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Fhir;

/// <summary>
/// Makes places in a list opaque for links: what a page is sorted by, such as a birth date, does not show in a URL, and a place
/// counts only for the list that it was given for. The key follows from the tokens, so that all workers behind one address
/// understand each other's links; without any, on loopback, it hides no secret but still tells a foreign link.
/// </summary>
internal sealed class CursorSeal(IOptions<SecurityOptions> options)
{
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly byte[] _key = DeriveKey(options.Value, "fhir page links"u8);
    private readonly byte[] _nonceKey = DeriveKey(options.Value, "fhir page links, nonce"u8);

    /// <summary>Seals a place of a list.</summary>
    /// <param name="place">The place.</param>
    /// <param name="list">What the list is of and how it is sorted.</param>
    public string Seal(ReadOnlySpan<byte> place, string list)
    {
        var context = Encoding.UTF8.GetBytes(list);
        var bytes = new byte[NonceLength + TagLength + place.Length];
        var nonce = bytes.AsSpan(0, NonceLength);
        // Made of what is sealed: never the same one for two places, and always the same link for one.
        byte[] content = [.. SHA256.HashData(context), .. place];
        HMACSHA256.HashData(_nonceKey, content).AsSpan(0, NonceLength).CopyTo(nonce);
        using var cipher = new AesGcm(_key, TagLength);
        cipher.Encrypt(nonce, place, bytes.AsSpan(NonceLength + TagLength), bytes.AsSpan(NonceLength, TagLength), context);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The place, or <see langword="null"/> where the text was not given for this list.</summary>
    public byte[]? Open(string text, string list)
    {
        if (!Base64Url.IsValid(text, out var length) || length < NonceLength + TagLength)
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(text);
        var place = new byte[length - NonceLength - TagLength];
        try
        {
            using var cipher = new AesGcm(_key, TagLength);
            cipher.Decrypt(
                bytes.AsSpan(0, NonceLength),
                bytes.AsSpan(NonceLength + TagLength),
                bytes.AsSpan(NonceLength, TagLength),
                place,
                Encoding.UTF8.GetBytes(list));
            return place;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] DeriveKey(SecurityOptions options, ReadOnlySpan<byte> purpose)
    {
        var tokens = options.Clients.Values.Select(client => client.Token).Append(options.Token).OfType<string>().Order(StringComparer.Ordinal);
        return HKDF.DeriveKey(
            HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(string.Join('\n', tokens)), outputLength: 32, info: purpose.ToArray());
    }
}
