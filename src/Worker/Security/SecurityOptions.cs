namespace EcgIntegration.Worker.Security;

/// <summary>Section <c>Security</c>.</summary>
internal sealed class SecurityOptions
{
    public const string Section = "Security";
    public const int ShortestToken = 24;

    /// <summary>
    /// Token that every request but the health checks must carry, unless it carries that of one of <see cref="Clients"/>. Both
    /// may be empty while the worker listens on loopback addresses only.
    /// </summary>
    public string? Token { get; init; }

    /// <summary>Clients with a token of their own, by a number: <c>Security:Clients:0:Name</c> and <c>:Token</c>.</summary>
    public IReadOnlyDictionary<string, ClientOptions> Clients { get; init; } = new Dictionary<string, ClientOptions>();

    /// <summary>A client.</summary>
    internal sealed class ClientOptions
    {
        /// <summary>Who it is in the audit.</summary>
        public string? Name { get; init; }

        /// <summary>Its token.</summary>
        public string? Token { get; init; }
    }
}
