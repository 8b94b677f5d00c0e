using EcgIntegration.Contracts;

namespace EcgIntegration.Persistence.Replay;

/// <summary>Replays, for the workers that do them; several may at once. Each method is one short transaction.</summary>
public interface IReplayWork
{
    /// <summary>
    /// Hands out ECGs of running replays, the oldest replay first, as far as the limits allow, and leases each: those that
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

    /// <summary>Finished replays whose end is not known to be published.</summary>
    Task<IReadOnlyList<ReplayJob>> UnpublishedAsync(CancellationToken cancellationToken);

    /// <summary>Notes that the broker has confirmed the end of a replay.</summary>
    Task MarkPublishedAsync(Guid jobId, CancellationToken cancellationToken);
}

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
