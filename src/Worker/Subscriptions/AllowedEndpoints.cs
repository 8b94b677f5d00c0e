using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Subscriptions;

/// <summary>The addresses that the operator allows to be called.</summary>
internal sealed class AllowedEndpoints(IOptions<SubscriptionOptions> options)
{
    private readonly IReadOnlyList<(Uri Address, AllowedEndpoint Endpoint)> _all =
        [.. options.Value.Endpoints.Select(endpoint => (new Uri(endpoint.Url), endpoint))];

    /// <summary>The entry that allows an address, the longest where several do; <see langword="null"/> where none does.</summary>
    public AllowedEndpoint? Find(string? url) => EndpointAddress.TryParse(url, out var address)
        ? _all.Where(one => EndpointAddress.IsWithin(address, one.Address)).OrderByDescending(one => one.Address.AbsolutePath.Length)
            .Select(one => one.Endpoint).FirstOrDefault()
        : null;
}
