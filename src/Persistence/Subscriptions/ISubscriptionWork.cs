using EcgIntegration.Persistence.Ledger;

namespace EcgIntegration.Persistence.Subscriptions;

/// <summary>
/// What subscribers have still to be told. The Subscription resources say who subscribes; what happens is noted for each of
/// them in the transaction that makes it happen, so that no crash loses a notification.
/// </summary>
public interface ISubscriptionWork
{
    /// <summary>
    /// Takes the lead in delivering, or returns <see langword="null"/> where another worker has it. A worker that dies loses
    /// it. Two that both believe to have it deliver twice, which the event numbers show.
    /// </summary>
    Task<IAsyncDisposable?> TryLeadAsync(CancellationToken cancellationToken);

    /// <summary>What is to be sent now, at most one notification a subscription: its next handshake or its oldest event.</summary>
    Task<IReadOnlyList<PendingNotification>> DueAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Notes that the subscriber has taken it; after a handshake the Subscription is <c>active</c>.</summary>
    Task DeliveredAsync(PendingNotification notification, CancellationToken cancellationToken);

    /// <summary>Notes that it was not taken; it is due again at <paramref name="nextAttempt"/>.</summary>
    Task PutOffAsync(PendingNotification notification, DateTimeOffset nextAttempt, CancellationToken cancellationToken);

    /// <summary>
    /// Switches a subscription off: its resource says <c>error</c>, and a Task asks the operator to look. Events are noted on,
    /// for the day on which the subscriber sends the Subscription as <c>requested</c> again.
    /// </summary>
    /// <param name="notification">What could not be delivered.</param>
    /// <param name="why">Why, for <c>Subscription.error</c>.</param>
    /// <param name="task">The Task.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task SwitchOffAsync(PendingNotification notification, string why, NewResource task, CancellationToken cancellationToken);

    /// <summary>How a subscription stands, or <see langword="null"/> where there is none of that id.</summary>
    Task<SubscriptionState?> FindAsync(string id, CancellationToken cancellationToken);
}

/// <summary>A notification to be sent.</summary>
/// <param name="Subscription">Logical id of the Subscription.</param>
/// <param name="Endpoint">Where it goes.</param>
/// <param name="Attempts">Attempts that have failed since the last success.</param>
/// <param name="Event">The event; <see langword="null"/> for the handshake.</param>
/// <param name="Revision">Which state of the Subscription this is for; a change meanwhile makes what comes of it void.</param>
public sealed record PendingNotification(string Subscription, string Endpoint, int Attempts, NotifiedEvent? Event, int Revision);

/// <summary>A new urgent report.</summary>
/// <param name="Number">Number of the event in its subscription, from 1 without gaps.</param>
/// <param name="Report">Logical id of the DiagnosticReport.</param>
/// <param name="ReportVersion">Its version.</param>
/// <param name="At">When it was stored.</param>
public sealed record NotifiedEvent(long Number, string Report, int ReportVersion, DateTimeOffset At);

/// <summary>How a subscription stands.</summary>
/// <param name="Id">Logical id.</param>
/// <param name="Status">FHIR status.</param>
/// <param name="Events">Number of the last event.</param>
/// <param name="Undelivered">Events that are still to be delivered.</param>
public sealed record SubscriptionState(string Id, string Status, long Events, long Undelivered);
