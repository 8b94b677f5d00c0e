namespace EcgIntegration.Contracts.Events;

/// <summary>How soon the sender wants an ECG read.</summary>
public enum EventPriority
{
    /// <summary>In turn.</summary>
    Routine,

    /// <summary>At once, before every routine ECG.</summary>
    Stat,
}
