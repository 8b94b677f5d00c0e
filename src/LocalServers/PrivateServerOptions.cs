namespace EcgIntegration.LocalServers;

/// <summary>How a private server is run.</summary>
public sealed record PrivateServerOptions
{
    /// <summary>
    /// Whether data must survive a power cut. Off only for tests: PostgreSQL then neither syncs nor writes full pages.
    /// </summary>
    public bool Durable { get; init; } = true;

    /// <summary>
    /// Whether the server ends, and its folder goes, when the process that started it is gone for whatever reason,
    /// SIGKILL included. Off for <c>ecg up</c>, whose servers outlive it.
    /// </summary>
    public bool EndsWithStarter { get; init; }

    /// <summary>Whether RabbitMQ serves its management API, on a loopback port of its own.</summary>
    public bool Management { get; init; }

    /// <summary>Longest time a server may take to answer.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Receives sentences about what takes time, such as the installation of packages.</summary>
    public Action<string>? Progress { get; init; }
}
