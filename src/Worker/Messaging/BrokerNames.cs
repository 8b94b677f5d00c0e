namespace EcgIntegration.Worker.Messaging;

/// <summary>Queues of the intake. Publishers need only the exchange; these are for operators.</summary>
internal static class BrokerNames
{
    /// <summary>Quorum queue of stat ECGs.</summary>
    public const string StatQueue = "ecg.intake.stat";

    /// <summary>Quorum queue of routine ECGs.</summary>
    public const string RoutineQueue = "ecg.intake.routine";

    /// <summary>Exchange and queue of what could not be handed to the ledger, or carried no usable event id.</summary>
    public const string Dead = "ecg.intake.dead";

    /// <summary>
    /// Deliveries after which the broker gives a message up to <see cref="Dead"/>. Each lost connection counts one, so it
    /// stands far above what an outage costs: it ends only a message that brings the process down every time.
    /// </summary>
    public const int DeliveryLimit = 200;
}
