namespace EcgIntegration.Worker.Security;

/// <summary>Section <c>Security</c>.</summary>
internal sealed class SecurityOptions
{
    public const string Section = "Security";
    public const int ShortestToken = 24;

    /// <summary>
    /// Bearer token that every request but the health checks must carry. May be empty while the worker listens on
    /// loopback addresses only.
    /// </summary>
    public string? Token { get; init; }
}
