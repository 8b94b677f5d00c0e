namespace EcgIntegration.Persistence.Ledger;

/// <summary>
/// When an event counts as having happened, where versions of an ECG are put in order. A sender's clock that is ahead must not
/// shut the ECG off from every correction until that time has come: what lies further in the future than clocks differ counts
/// as of its arrival. The ledger keeps what the sender said.
/// </summary>
public static class EventTime
{
    /// <summary>How far ahead of its arrival an event may say that it happened.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    /// <summary>The same of a row of <c>intake_event</c>, also of one that was stored before this rule.</summary>
    internal const string Sql = "CASE WHEN occurred_at > received_at + interval '5 minutes' THEN received_at ELSE occurred_at END";

    /// <summary>The time that counts.</summary>
    /// <param name="occurredAt">What the sender said.</param>
    /// <param name="receivedAt">When the event arrived.</param>
    public static DateTimeOffset? Of(DateTimeOffset? occurredAt, DateTimeOffset receivedAt) =>
        occurredAt - receivedAt > Ahead ? receivedAt : occurredAt;
}
