using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;

namespace EcgIntegration.Persistence.Ledger;

/// <summary>
/// What became of every event and every study. Each method is one short transaction, or none; nothing outside the
/// database is waited for while one is open. The ledger takes the place of an outbox: what is received and not final is
/// leased and tried again, what is final and not published is published again.
/// </summary>
/// <remarks>
/// Faults of the database surface as they are; <see cref="Hosting.DatabaseFaults.IsTransient"/> says whether trying again
/// can help. No exception text carries a value from the input.
/// </remarks>
public interface IStudyLedger
{
    /// <summary>
    /// Records an event with its ECG. The same event again returns what is recorded and writes nothing, and so does the same
    /// id with another ECG, which is told apart. Another event with the same ECG joins the study that exists, as long as that is
    /// open or its result is the ECG's valid current one: it is final at once where the study is final, unless it is the first
    /// one sent as stat, for which the result has to be raised. Otherwise the ECG is read again, as the study's next run. A late
    /// copy of an earlier version joins that version's study, and is rejected where the ECG was taken back since.
    /// </summary>
    /// <exception cref="Resources.UnstorableContentException">PostgreSQL cannot hold the content: reject the event with its reason.</exception>
    Task<Reception> ReceiveAsync(NewStudy study, CancellationToken cancellationToken);

    /// <summary>
    /// Records an event as rejected, with the raw body that came. Where the event is recorded already, the entry that exists
    /// is returned unchanged, whatever its status: a forged repetition must not end an ECG that is under way. Only an event
    /// that was kept unread is rejected after all.
    /// </summary>
    Task<LedgerEntry> RejectAsync(RejectedEvent rejected, CancellationToken cancellationToken);

    /// <summary>The result an ECG has now, withdrawn ones included; <see langword="null"/> where it has none.</summary>
    /// <param name="observationId">Logical id of the ECG.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<CurrentResult?> CurrentResultAsync(string observationId, CancellationToken cancellationToken);

    /// <summary>
    /// Writes all results of a study and makes it final, together with every event of that study that is still received.
    /// The first completion wins: a second one returns what is stored, and changes nothing but for a study that a stat event
    /// has joined or superseded, whose urgency and resources are raised. The result becomes the ECG's
    /// current one, and the one before it is superseded - unless that is of a newer version of the ECG, or of the same one and
    /// was asked for later: then the study is final, and no resource is written.
    /// </summary>
    /// <exception cref="ResultChangedException">The current result is not <see cref="StudyCompletion.Replaces"/>, or is for a more
    /// urgent event than <see cref="StudyCompletion.Priority"/>: nothing was written.</exception>
    /// <exception cref="Resources.UnstorableContentException">A result cannot be held by PostgreSQL.</exception>
    /// <exception cref="KeyNotFoundException">No such event, or one without a study.</exception>
    Task<LedgerEntry> CompleteAsync(Guid eventId, StudyCompletion completion, CancellationToken cancellationToken);

    /// <summary>
    /// Records an event that says an ECG was entered in error, and stores that version of it. The event stays received until
    /// <see cref="CompleteWithdrawalAsync"/>. The same event again changes nothing, and neither does its id with another
    /// Observation, which is told apart.
    /// </summary>
    /// <exception cref="Resources.UnstorableContentException">PostgreSQL cannot hold the content, or a newer version is stored.</exception>
    Task<Reception> ReceiveWithdrawalAsync(NewWithdrawal withdrawal, CancellationToken cancellationToken);

    /// <summary>
    /// True where a newer version is stored of an ECG than the one given, so that this would change nothing: it would be refused
    /// as <c>observation-outdated</c>.
    /// </summary>
    /// <param name="ecg">The ECG; nothing of it is stored.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<bool> IsOutdatedAsync(ArrivedEcg ecg, CancellationToken cancellationToken);

    /// <summary>
    /// Withdraws the result of an ECG entered in error and makes the event final as rejected. A result made from a newer
    /// version of the ECG stays.
    /// </summary>
    /// <exception cref="ResultChangedException">The current result is not the one to be withdrawn: nothing was written.</exception>
    /// <exception cref="KeyNotFoundException">No such event, or one without an Observation.</exception>
    Task<LedgerEntry> CompleteWithdrawalAsync(Guid eventId, StudyWithdrawal withdrawal, CancellationToken cancellationToken);

    /// <summary>
    /// Records an event that a fault of the system kept from being read, with its body, to be read again at
    /// <paramref name="nextAttempt"/>. Where the event is recorded already, that entry is returned unchanged.
    /// </summary>
    /// <param name="unread">The event; its reasons are shown until it is final.</param>
    /// <param name="nextAttempt">When it is due again.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<LedgerEntry> KeepUnreadAsync(RejectedEvent unread, DateTimeOffset nextAttempt, CancellationToken cancellationToken);

    /// <summary>True where the body kept of an event, or its hash, is this one's.</summary>
    Task<bool> HasBodyAsync(Guid eventId, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);

    /// <summary>Puts an event off: it is due again at <paramref name="nextAttempt"/>. Changes nothing where the event is final.</summary>
    /// <param name="eventId">The event.</param>
    /// <param name="reason">Why; shown in the ledger until the event is final.</param>
    /// <param name="nextAttempt">When it is due again.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task PostponeAsync(Guid eventId, Reason reason, DateTimeOffset nextAttempt, CancellationToken cancellationToken);

    /// <summary>
    /// Makes an event final as failed; the study too where no other event of it is under way. A later event with the same
    /// ECG opens the study again. Changes nothing where the event is final.
    /// </summary>
    /// <exception cref="KeyNotFoundException">No such event.</exception>
    Task<LedgerEntry> FailAsync(Guid eventId, Reason reason, CancellationToken cancellationToken);

    /// <summary>One event, or <see langword="null"/> where it is unknown.</summary>
    Task<LedgerEntry?> FindAsync(Guid eventId, CancellationToken cancellationToken);

    /// <summary>The newest event of a study, or <see langword="null"/> where the study is unknown.</summary>
    Task<LedgerEntry?> FindByStudyAsync(Guid studyId, CancellationToken cancellationToken);

    /// <summary>
    /// Takes events that are received and due, stat before routine, the longest due first, and moves each out of reach of
    /// other workers for <paramref name="lease"/>. Counts as an attempt: <see cref="LedgerEntry.Attempts"/> is raised, so
    /// that an ECG whose processing kills the process still comes to an end.
    /// </summary>
    /// <param name="limit">Most events.</param>
    /// <param name="lease">How long they are out of reach.</param>
    /// <param name="priority">Only events of this priority; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IReadOnlyList<LedgerEntry>> LeaseDueAsync(
        int limit, TimeSpan lease, EventPriority? priority, CancellationToken cancellationToken);

    /// <summary>
    /// Takes events that are final since at least <paramref name="olderThan"/> and whose outcome or notice is not known to be
    /// published, the most urgent first, then the oldest. Each is out of reach for as long as it has waited already, within
    /// bounds: what a consumer's queue refuses again and again makes room for the others.
    /// </summary>
    Task<IReadOnlyList<LedgerEntry>> LeaseUnpublishedAsync(int limit, TimeSpan olderThan, CancellationToken cancellationToken);

    /// <summary>Notes that the broker has confirmed the outcome of an event. Only the first time counts.</summary>
    Task MarkPublishedAsync(Guid eventId, CancellationToken cancellationToken);

    /// <summary>Notes that the dead-letter queue has been told of an event.</summary>
    Task MarkNoticedAsync(Guid eventId, CancellationToken cancellationToken);

    /// <summary>Events, newest first; the next page starts after the last entry's <see cref="LedgerEntry.Cursor"/>.</summary>
    Task<IReadOnlyList<LedgerEntry>> RecentAsync(int limit, LedgerCursor? after, CancellationToken cancellationToken);
}
