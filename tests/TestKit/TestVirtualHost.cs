namespace EcgIntegration.TestKit;

/// <summary>A virtual host of one test's own, removed with its queues on dispose.</summary>
public sealed class TestVirtualHost : IAsyncDisposable
{
    private readonly HttpClient _api;

    internal TestVirtualHost(string name, Uri amqpUri, HttpClient api)
    {
        Name = name;
        AmqpUri = amqpUri;
        _api = api;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Address with user, password and this virtual host.</summary>
    public Uri AmqpUri { get; }

    /// <summary>Removes it; connections to it are closed by the server.</summary>
    public async ValueTask DisposeAsync()
    {
        (await _api.DeleteAsync($"vhosts/{Name}")).EnsureSuccessStatusCode();
        _api.Dispose();
    }
}
