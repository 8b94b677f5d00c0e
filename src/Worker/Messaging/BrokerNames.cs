namespace EcgIntegration.Worker.Messaging;

/// <summary>Queues of the intake. Publishers need only the exchange; these are for operators.</summary>
internal static class BrokerNames
{
    /// <summary>Quorum queue of stat ECGs.</summary>
    public const string StatQueue = "ecg.intake.stat";

    /// <summary>Quorum queue of routine ECGs.</summary>
    public const string RoutineQueue = "ecg.intake.routine";

    /// <summary>Quorum queue of ECGs that are read again: apart, so that no replay delays a new ECG.</summary>
    public const string ReplayQueue = "ecg.intake.replay";

    /// <summary>Exchange and queue of what could not be handed to the ledger, or carried no usable event id.</summary>
    public const string Dead = "ecg.intake.dead";

    /// <summary>
    /// Deliveries after which the broker gives a message up to <see cref="Dead"/>. Each lost connection counts one, so it
    /// stands far above what an outage costs: it ends only a message that brings the process down every time. A queue
    /// argument, so that a policy can lower it but not lift it.
    /// </summary>
    public const int DeliveryLimit = 200;
}
