namespace EcgIntegration.LocalServers.Processes;

/// <summary>The signals used here, with their Linux numbers.</summary>
public enum ProcessSignal
{
    /// <summary>SIGINT: PostgreSQL's fast shutdown.</summary>
    Interrupt = 2,

    /// <summary>SIGKILL.</summary>
    Kill = 9,

    /// <summary>SIGTERM.</summary>
    Terminate = 15,

    /// <summary>SIGCONT: goes on after <see cref="Stop"/>.</summary>
    Continue = 18,

    /// <summary>SIGSTOP: stands still, as under a debugger or on a starved host.</summary>
    Stop = 19,
}
