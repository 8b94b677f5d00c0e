using System.Security.Cryptography;
using System.Text;

namespace EcgIntegration.Worker.Security;

/// <summary>
/// Reads the token from an <c>Authorization</c> header: <c>Bearer</c> for programs, <c>Basic</c> for browsers, which can ask
/// for a password but not for a token. The user name says nothing.
/// </summary>
internal sealed class Credentials(string token)
{
    /// <summary>Name of the scheme of programs.</summary>
    public const string Bearer = "Bearer";

    /// <summary>Name of the scheme of browsers.</summary>
    public const string Basic = "Basic";

    /// <summary>What is asked for, one header a scheme.</summary>
    public static readonly string[] Challenges = [Bearer, $"{Basic} realm=\"EcgIntegration\", charset=\"UTF-8\""];

    private readonly byte[] _expected = Hash(Encoding.UTF8.GetBytes(token));

    /// <summary>The scheme under which a request carries the token, or <see langword="null"/> where it does not.</summary>
    public string? SchemeOf(HttpRequest request)
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
            return IsToken(Encoding.UTF8.GetBytes(value)) ? Bearer : null;
        }

        return scheme.Equals(Basic, StringComparison.OrdinalIgnoreCase)
            && PasswordOf(value) is { } password && IsToken(password) && !IsFromAnotherSite(request) ? Basic : null;
    }

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
    /// A browser adds the password it keeps to whatever page asks: one of another site must not change anything with it.
    /// </summary>
    private static bool IsFromAnotherSite(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
        && request.Headers.Origin.ToString() is { Length: > 0 } origin
        && (!Uri.TryCreate(origin, UriKind.Absolute, out var site) || site.Authority != request.Host.Value);

    /// <summary>Hashes have equal lengths, so that the comparison says nothing about the token's.</summary>
    private bool IsToken(ReadOnlySpan<byte> candidate) => CryptographicOperations.FixedTimeEquals(Hash(candidate), _expected);

    private static byte[] Hash(ReadOnlySpan<byte> secret) => SHA256.HashData(secret);
}
