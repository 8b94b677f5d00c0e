namespace EcgIntegration.Persistence.Schema;

/// <summary>How a Subscription stands; derived from its resource by the database.</summary>
internal sealed class SubscriptionRow
{
    public required string Id { get; init; }

    public required string Status { get; init; }

    public required string Endpoint { get; init; }

    /// <summary>The version of the resource that this is derived from.</summary>
    public int Revision { get; init; }

    /// <summary>Number of the last event.</summary>
    public long Events { get; init; }

    public int Attempts { get; init; }

    public DateTimeOffset NextAttemptAt { get; init; }
}

/// <summary>One event that a subscriber is told of.</summary>
internal sealed class SubscriptionNoticeRow
{
    public required string SubscriptionId { get; init; }

    public long Number { get; init; }

    public required string ReportId { get; init; }

    public int ReportVersion { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? DeliveredAt { get; init; }
}
