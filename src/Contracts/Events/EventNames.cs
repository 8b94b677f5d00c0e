namespace EcgIntegration.Contracts.Events;

/// <summary>Names on the broker that publishers and consumers rely on.</summary>
public static class EventNames
{
    /// <summary>The durable topic exchange every event goes through.</summary>
    public const string Exchange = "ecg.events";

    /// <summary>Routing key of an ECG that must be read at once.</summary>
    public const string ReceivedStat = "observation.received.stat";

    /// <summary>Routing key of an ECG without urgency.</summary>
    public const string ReceivedRoutine = "observation.received.routine";

    /// <summary>Routing key of an ECG that is read again; always in turn, whatever priority it says.</summary>
    public const string Replay = "observation.replay";

    /// <summary>Routing key of a wish for a replay of stored ECGs.</summary>
    public const string ReplayRequested = "replay.requested";

    /// <summary>Routing key of the end of a replay.</summary>
    public const string ReplayFinished = "replay.finished";

    /// <summary>The routing key of an ECG to be read.</summary>
    public static string ReceivedKey(EventPriority priority) => priority == EventPriority.Stat ? ReceivedStat : ReceivedRoutine;

    /// <summary>The priority of an ECG by its routing key.</summary>
    public static EventPriority PriorityOf(string routingKey) => routingKey == ReceivedStat ? EventPriority.Stat : EventPriority.Routine;

    /// <summary>The routing key of an outcome, for example <c>study.classified.urgent</c> or <c>study.rejected</c>.</summary>
    public static string RoutingKey(StudyOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        var status = WireName.Of(outcome.Status);
        return outcome is { Status: StudyStatus.Classified, Urgency: { } urgency }
            ? $"study.{status}.{WireName.Of(urgency)}"
            : $"study.{status}";
    }
}
