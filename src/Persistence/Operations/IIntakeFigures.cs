using EcgIntegration.Contracts.Events;

namespace EcgIntegration.Persistence.Operations;

/// <summary>How the intake is doing, from the ledger: the same with every broker.</summary>
public interface IIntakeFigures
{
    /// <summary>One flow for each priority, stat first, the idle ones included.</summary>
    /// <remarks>
    /// Events finished more than a day after they were received do not count as finished: the search stays as long as a
    /// day's events, however old the ledger is.
    /// </remarks>
    Task<IReadOnlyList<IntakeFlow>> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>What comes in and goes out at one priority.</summary>
/// <param name="Priority">The priority in the ledger; replayed ECGs keep their own.</param>
/// <param name="ReceivedPerMinute">Events taken from the broker.</param>
/// <param name="FinishedPerMinute">Events whose outcome became durable.</param>
/// <param name="Undecided">Events that are received and not final.</param>
/// <param name="OldestUndecided">When the oldest of them was received; <see langword="null"/> where there is none.</param>
public sealed record IntakeFlow(
    EventPriority Priority, RecentRate ReceivedPerMinute, RecentRate FinishedPerMinute, long Undecided, DateTimeOffset? OldestUndecided);

/// <summary>Means over the last minutes, per minute.</summary>
/// <param name="Last1">Over the last minute.</param>
/// <param name="Last5">Over the last five minutes.</param>
/// <param name="Last15">Over the last fifteen minutes.</param>
public sealed record RecentRate(double Last1, double Last5, double Last15);
