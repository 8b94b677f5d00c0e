using System.Net;
using EcgIntegration.Worker.FhirModel;
using EcgIntegration.Worker.Security;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Hosting;

/// <summary>
/// Under which base URLs this server is reached: the public one, those it listens on, and the one that a request was sent to. An
/// absolute reference below one of them names a resource that lies here.
/// </summary>
internal sealed class ServerAddresses(IServer server, IOptions<HttpOptions> options, IHostApplicationLifetime lifetime)
{
    private static readonly string[] LoopbackNames = ["127.0.0.1", "localhost", "[::1]"];

    private ServerBase? _own;

    /// <summary>The base URL that is configured for clients, without a slash at its end.</summary>
    public string? Public { get; } = options.Value.PublicAddress is { } address ? BaseOf(address.Scheme, address.Authority) : null;

    /// <summary>As known without a request, which is how an event is read.</summary>
    public ServerBase Own => _own ?? Known();

    /// <summary>As a request sees them.</summary>
    /// <param name="requestBase">The base URL that it was sent to.</param>
    public ServerBase Of(string requestBase) =>
        Own is var own && own.Urls.Contains(requestBase, StringComparer.OrdinalIgnoreCase) ? own : new([requestBase, .. own.Urls]);

    /// <summary>Ports that are chosen at the start are known after it: what was found then stays, since every event and request asks.</summary>
    private ServerBase Known()
    {
        var listening = server.Features.Get<IServerAddressesFeature>()?.Addresses.SelectMany(NamesOf) ?? [];
        var known = new ServerBase([.. Public is null ? listening : listening.Prepend(Public)]);
        if (lifetime.ApplicationStarted.IsCancellationRequested)
        {
            _own = known;
        }

        return known;
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

    private static string BaseOf(string scheme, string authority) => $"{scheme}://{authority}{ServerBase.Path}";
}
