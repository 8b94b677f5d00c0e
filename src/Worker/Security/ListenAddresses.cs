using System.Net;

namespace EcgIntegration.Worker.Security;

/// <summary>Closed by default: no address but loopback without authentication.</summary>
internal static class ListenAddresses
{
    public const string UrlsKey = "Http:Urls";
    private const string KestrelEndpoints = "Kestrel:Endpoints";

    public const string Default = "http://127.0.0.1:8080";

    /// <summary>The addresses to listen on.</summary>
    /// <exception cref="UnsafeAddressException">An address is not usable, or open to others without a token; or a token is not.</exception>
    public static string[] Resolve(IConfiguration configuration, SecurityOptions security)
    {
        var urls = (configuration[UrlsKey] is { Length: > 0 } configured ? configured : Default)
            .Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var isOpen = ApiClients.Of(security).Count == 0;
        if (configuration.GetSection(KestrelEndpoints).GetChildren().Any())
        {
            throw new UnsafeAddressException($"{KestrelEndpoints} is not read here: name the addresses to listen on in {UrlsKey}.");
        }

        foreach (var url in urls)
        {
            if (!IsHttp(url))
            {
                throw new UnsafeAddressException(
                    $"{UrlsKey} must be addresses of the form http://HOST:PORT, without a path; for https put a reverse proxy in front.");
            }

            if (!IsLoopback(url) && isOpen)
            {
                throw new UnsafeAddressException(
                    $"{UrlsKey} names an address that others can reach, but no authentication is configured: set Security:Token, or listen on {Default}.");
            }
        }

        return urls;
    }

    private static bool IsHttp(string url)
    {
        try
        {
            return BindingAddress.Parse(url) is { Scheme: "http", PathBase: "" or "/", IsUnixPipe: false, IsNamedPipe: false, Port: >= 0 and <= 65535 };
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Wildcards, host names and anything unparseable count as reachable by others.</summary>
    private static bool IsLoopback(string url) =>
        BindingAddress.Parse(url) is var address
        && (address.Host == "localhost" || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip)));
}

/// <summary>The worker would be reachable without authentication; the message says what to set.</summary>
internal sealed class UnsafeAddressException(string message) : Exception(message);
