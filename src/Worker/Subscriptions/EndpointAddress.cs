using System.Diagnostics.CodeAnalysis;

namespace EcgIntegration.Worker.Subscriptions;

/// <summary>An address that a worker inside a hospital's network may be asked to call: nothing in it is left to interpretation.</summary>
internal static class EndpointAddress
{
    /// <summary>Reads an absolute http or https address without user information, query and fragment.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Uri? address) =>
        Uri.TryCreate(text, UriKind.Absolute, out address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
        && address.Host.Length > 0 && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0
        && !text!.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c == '\\');

    /// <summary>Whether an address is an allowed one, or lies below it: scheme, host and port are the same, whole path segments agree.</summary>
    public static bool IsWithin(Uri address, Uri allowed)
    {
        if (Uri.Compare(address, allowed, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) != 0)
        {
            return false;
        }

        // An escaped slash or dot could mean another path to the subscriber's server than it does here.
        var path = address.AbsolutePath;
        var prefix = allowed.AbsolutePath.TrimEnd('/');
        return !path.Contains('%', StringComparison.Ordinal) && !path.Contains("//", StringComparison.Ordinal)
            && path.StartsWith(prefix, StringComparison.Ordinal)
            && (path.Length == prefix.Length || path[prefix.Length] == '/');
    }
}
