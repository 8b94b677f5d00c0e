namespace EcgIntegration.Signals.Wfdb;

/// <summary>A WFDB record cannot be read; the message is one sentence that says which file, what and what to do.</summary>
public sealed class WfdbException(string message, Exception? inner = null) : Exception(message, inner);
