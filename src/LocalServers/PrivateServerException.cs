namespace EcgIntegration.LocalServers;

/// <summary>A private server cannot be had; the message is one sentence that says why and what to do.</summary>
public sealed class PrivateServerException(string message, Exception? inner = null) : Exception(message, inner);
