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

    /// <summary>
    /// Exchange and queue of what the broker took off an intake queue: expired by its sender, or at its delivery limit. The
    /// worker reads it, so that such an event has its outcome as well.
    /// </summary>
    public const string Returned = "ecg.intake.returned";

    /// <summary>Exchange and queue of notices of events without a usable id, and of what not even the ledger could take.</summary>
    public const string Dead = "ecg.intake.dead";

    /// <summary>Deliveries from <see cref="Returned"/> after which a message is given up to <see cref="Dead"/>.</summary>
    public const int ReturnedDeliveryLimit = 20;

    /// <summary>
    /// Deliveries after which the broker gives a message up to <see cref="Returned"/>. Each lost connection counts one, so it
    /// stands far above what an outage costs: it ends only a message that brings the process down every time. A queue
    /// argument, so that a policy can lower it but not lift it.
    /// </summary>
    public const int DeliveryLimit = 200;
}
