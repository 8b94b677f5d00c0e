using System.Security.Cryptography;
using System.Text;

namespace EcgIntegration.Worker.Security;

/// <summary>
/// Reads the token from an <c>Authorization</c> header: <c>Bearer</c> for programs, <c>Basic</c> for browsers, which can ask
/// for a password but not for a token. The user name says nothing: who it is is told by the token.
/// </summary>
internal sealed class Credentials(IReadOnlyList<ApiClient> clients)
{
    /// <summary>Name of the scheme of programs.</summary>
    public const string Bearer = "Bearer";

    /// <summary>Name of the scheme of browsers.</summary>
    public const string Basic = "Basic";

    /// <summary>What is asked for, one header a scheme.</summary>
    public static readonly string[] Challenges = [Bearer, $"{Basic} realm=\"EcgIntegration\", charset=\"UTF-8\""];

    private readonly (string Name, byte[] Expected)[] _clients = [.. clients.Select(client => (client.Name, Hash(Encoding.UTF8.GetBytes(client.Token))))];

    /// <summary>The client whose token a request carries, and the scheme; <see langword="null"/> where it carries none.</summary>
    public (string Name, string Scheme)? Find(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        var space = header.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0)
        {
            return null;
        }

        var (scheme, value) = (header[..space], header[(space + 1)..]);
        if (scheme.Equals(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return ClientOf(Encoding.UTF8.GetBytes(value)) is { } program ? (program, Bearer) : null;
        }

        return scheme.Equals(Basic, StringComparison.OrdinalIgnoreCase) && !IsFromAnotherSite(request)
            && PasswordOf(value) is { } password && ClientOf(password) is { } person ? (person, Basic) : null;
    }

    /// <summary>
    /// A browser adds the password it keeps to whatever page asks, and reaches loopback for it: one of another site must not
    /// change anything.
    /// </summary>
    public static bool IsFromAnotherSite(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
        && request.Headers.Origin.ToString() is { Length: > 0 } origin
        && (!Uri.TryCreate(origin, UriKind.Absolute, out var site) || site.Authority != request.Host.Value);

    private static byte[]? PasswordOf(string value)
    {
        var decoded = new byte[value.Length];
        if (!Convert.TryFromBase64String(value, decoded, out var length))
        {
            return null;
        }

        var colon = decoded.AsSpan(0, length).IndexOf((byte)':');
        return colon < 0 ? null : decoded[(colon + 1)..length];
    }

    /// <summary>
    /// Hashes have equal lengths, so that the comparison says nothing about the token's; and it is made with every client's, so
    /// that it says nothing about whose it is like.
    /// </summary>
    private string? ClientOf(ReadOnlySpan<byte> candidate)
    {
        var hash = Hash(candidate);
        string? found = null;
        foreach (var (name, expected) in _clients)
        {
            found = CryptographicOperations.FixedTimeEquals(hash, expected) ? name : found;
        }

        return found;
    }

    private static byte[] Hash(ReadOnlySpan<byte> secret) => SHA256.HashData(secret);
}
