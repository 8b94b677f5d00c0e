using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Security;

/// <summary>
/// Lets every request count as sent to the public address, where one is configured: what a proxy, or a client with a host name of its
/// choice, puts into <c>Host</c> is then in no link.
/// </summary>
internal sealed class PublicAddressMiddleware(RequestDelegate next, IOptions<HttpOptions> options)
{
    private readonly string? _scheme = options.Value.PublicAddress?.Scheme;
    private readonly HostString _host = options.Value.PublicAddress is { } address ? HostString.FromUriComponent(address.Authority) : default;

    public Task InvokeAsync(HttpContext context)
    {
        if (_scheme is not null)
        {
            context.Request.Scheme = _scheme;
            context.Request.Host = _host;
        }

        return next(context);
    }
}
