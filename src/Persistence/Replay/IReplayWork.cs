using EcgIntegration.Contracts;

namespace EcgIntegration.Persistence.Replay;

/// <summary>Replays, for the workers that do them; several may at once. Each method is one short transaction.</summary>
public interface IReplayWork
{
    /// <summary>
    /// Hands out ECGs of running replays, as far as the limits allow and in equal shares, and leases each: those that
    /// nobody has begun, and those whose lease ran out. An ECG begun too often has failed.
    /// </summary>
    Task<IReadOnlyList<ReplayTicket>> HandOutAsync(ReplayLimits limits, CancellationToken cancellationToken);

    /// <summary>
    /// Begins an ECG: its lease starts anew. Counts as an attempt, so that an ECG that takes the process down each time
    /// comes to an end.
    /// </summary>
    /// <returns><see langword="null"/> where there is nothing to do: it is done, begun too often, or its replay does not run.</returns>
    Task<ReplayItem?> BeginAsync(ReplayTicket ticket, TimeSpan lease, int mostAttempts, CancellationToken cancellationToken);

    /// <summary>Notes what came of an ECG. The first result stands.</summary>
    Task FinishAsync(ReplayTicket ticket, ReplayFinding finding, CancellationToken cancellationToken);

    /// <summary>Notes what an ECG shows, before anything is written: after a crash in between nobody could tell.</summary>
    Task NoteBeforeAsync(ReplayTicket ticket, ReplaySide before, CancellationToken cancellationToken);

    /// <summary>Puts an ECG off: it is handed out again at <paramref name="until"/>, and takes no room until then.</summary>
    /// <param name="ticket">The ECG.</param>
    /// <param name="until">When.</param>
    /// <param name="takesBack">True where it only waits for something, and the attempt that was begun does not count.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task DeferAsync(ReplayTicket ticket, DateTimeOffset until, bool takesBack, CancellationToken cancellationToken);

    /// <summary>What an ECG shows; <see langword="null"/> where it has neither a result nor a failure.</summary>
    Task<ShownStudy?> ShownAsync(string observationId, CancellationToken cancellationToken);

    /// <summary>Completes running replays whose ECGs are all done.</summary>
    Task CompleteAsync(CancellationToken cancellationToken);

    /// <summary>
    /// ECGs of cancelled replays that the ledger has all the same: what comes of them there belongs to the replay. What lay on
    /// the queue when a replay was stopped, and was not begun until its lease ran out, waits again.
    /// </summary>
    Task<IReadOnlyList<ReplayLeftover>> LeftoversAsync(CancellationToken cancellationToken);

    /// <summary>Finished replays whose end is not known to be published; a cancelled one only when none of its ECGs is in work any more.</summary>
    Task<IReadOnlyList<ReplayJob>> UnpublishedAsync(CancellationToken cancellationToken);

    /// <summary>Notes that the broker has confirmed the end of a replay.</summary>
    Task MarkPublishedAsync(Guid jobId, CancellationToken cancellationToken);

    /// <summary>Records that a wish for a replay was refused, until its sender is told. The same event again changes nothing.</summary>
    Task RefuseAsync(ReplayRefusal refusal, CancellationToken cancellationToken);

    /// <summary>Refused wishes whose answer is not known to be published, the oldest first.</summary>
    Task<IReadOnlyList<ReplayRefusal>> UnansweredAsync(CancellationToken cancellationToken);

    /// <summary>Notes that the broker has confirmed the answer to a refused wish.</summary>
    Task MarkAnsweredAsync(Guid eventId, CancellationToken cancellationToken);
}

/// <summary>An ECG of a cancelled replay that the ledger has.</summary>
/// <param name="Ticket">The ECG.</param>
/// <param name="EventId">The event that the replay recorded.</param>
/// <param name="Before">What it showed before.</param>
public sealed record ReplayLeftover(ReplayTicket Ticket, Guid EventId, ReplaySide Before);

/// <summary>A wish for a replay that was refused.</summary>
/// <param name="EventId">The event that brought it.</param>
/// <param name="Key">The key it was submitted under.</param>
/// <param name="Reasons">Why.</param>
/// <param name="RefusedAt">When.</param>
public sealed record ReplayRefusal(Guid EventId, string Key, IReadOnlyList<Reason> Reasons, DateTimeOffset RefusedAt);

/// <summary>Names one ECG of a replay: all that goes over the queue.</summary>
/// <param name="JobId">The replay.</param>
/// <param name="Ordinal">The ECG's place in it.</param>
public sealed record ReplayTicket(Guid JobId, int Ordinal);

/// <summary>What the workers may take.</summary>
/// <param name="InFlight">Most ECGs on the queue and in work, of all replays together.</param>
/// <param name="Lease">How long one may take before it is handed out again.</param>
/// <param name="MostAttempts">Times an ECG is begun.</param>
/// <param name="ActiveModelSha256">The model of a replay that begins and names none.</param>
/// <param name="AttemptsUsedUp">The reason of an ECG begun too often.</param>
public sealed record ReplayLimits(int InFlight, TimeSpan Lease, int MostAttempts, string ActiveModelSha256, Reason AttemptsUsedUp);
