using System.Net;
using EcgIntegration.Worker.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Fhir;

/// <summary>
/// Under which base URLs this server is reached: the public one, those it listens on, and the one that a request was sent to. An
/// absolute reference below one of them names a resource that lies here.
/// </summary>
internal sealed class ServerAddresses(IServer server, IOptions<HttpOptions> options)
{
    private static readonly string[] LoopbackNames = ["127.0.0.1", "localhost", "[::1]"];

    private readonly string? _public = options.Value.PublicAddress is { } address ? BaseOf(address.Scheme, address.Authority) : null;

    /// <summary>The base URL that is configured for clients, without a slash at its end.</summary>
    public string? Public => _public;

    /// <summary>As known without a request, which is how an event is read.</summary>
    public ServerBase Own => new([.. Known()]);

    /// <summary>As a request sees them.</summary>
    public ServerBase Of(HttpContext context) => new([.. Known().Prepend(FhirPaths.BaseUrl(context)).Distinct(StringComparer.OrdinalIgnoreCase)]);

    private IEnumerable<string> Known()
    {
        var listening = server.Features.Get<IServerAddressesFeature>()?.Addresses.SelectMany(NamesOf) ?? [];
        return _public is null ? listening : listening.Prepend(_public);
    }

    /// <summary>A port of every interface, or of loopback, is reached under several names.</summary>
    private static IEnumerable<string> NamesOf(string address)
    {
        var binding = BindingAddress.Parse(address);
        var isAddress = IPAddress.TryParse(binding.Host.Trim('[', ']'), out var ip);
        var isEvery = binding.Host is "*" or "+" || (isAddress && (ip!.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)));
        string[] names = isEvery ? [.. LoopbackNames, Dns.GetHostName()]
            : binding.Host == "localhost" || (isAddress && IPAddress.IsLoopback(ip!)) ? LoopbackNames
            : [binding.Host];
        return names.Select(name => BaseOf(binding.Scheme, binding.Port == 80 ? name : $"{name}:{binding.Port}"));
    }

    private static string BaseOf(string scheme, string authority) => $"{scheme}://{authority}{FhirPaths.Base}";
}
