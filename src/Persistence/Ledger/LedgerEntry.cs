using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;

namespace EcgIntegration.Persistence.Ledger;

/// <summary>One event with what became of it.</summary>
/// <param name="EventId">The event.</param>
/// <param name="StudyId">Its study, shared by all events with the same ECG; <see langword="null"/> for a rejected event.</param>
/// <param name="Priority">How soon the sender wants it read.</param>
/// <param name="SourceSystem">The publisher.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Urgency">How soon a physician should look.</param>
/// <param name="Observation">The stored ECG, <c>Observation/ID</c>.</param>
/// <param name="ObservationVersion">Its version at reception.</param>
/// <param name="Report">The report, <c>DiagnosticReport/ID</c>.</param>
/// <param name="ModelSha256">The model version.</param>
/// <param name="Reasons">Why it ended so; while it is received, why the last attempt was put off.</param>
/// <param name="Suggestions">What the model suggests, the strongest first.</param>
/// <param name="ReceivedAt">When it arrived.</param>
/// <param name="FinishedAt">When its outcome became durable.</param>
/// <param name="Attempts">Attempts begun: 1 at reception, one more with every lease.</param>
/// <param name="PublishedAt">When the broker confirmed its outcome.</param>
public sealed record LedgerEntry(
    Guid EventId,
    Guid? StudyId,
    EventPriority Priority,
    string SourceSystem,
    StudyStatus Status,
    Urgency? Urgency,
    string? Observation,
    int? ObservationVersion,
    string? Report,
    string? ModelSha256,
    IReadOnlyList<Reason> Reasons,
    IReadOnlyList<LedgerSuggestion> Suggestions,
    DateTimeOffset ReceivedAt,
    DateTimeOffset? FinishedAt,
    int Attempts,
    DateTimeOffset? PublishedAt)
{
    /// <summary>Where its study stands; final while the event is not where a more urgent event has joined a finished study.</summary>
    public StudyStatus? StudyState { get; init; }

    /// <summary>The priority of its study: the most urgent of all its events.</summary>
    public EventPriority? StudyPriority { get; init; }

    /// <summary>Logical id of the ECG that its study reads: the same ECG, but from another sender it lies elsewhere.</summary>
    public string? StudyObservationId { get; init; }

    /// <summary>The newest version of that ECG that the study holds for.</summary>
    public int? StudyObservationVersion { get; init; }

    /// <summary>The dead-letter queue has still to be told of it.</summary>
    public bool NoticeOwed { get; init; }

    /// <summary>The study whose result has taken the place of this one's; <see langword="null"/> while this is the ECG's current one.</summary>
    public Guid? SupersededBy { get; init; }

    /// <summary>When the ECG turned out to be entered in error.</summary>
    public DateTimeOffset? WithdrawnAt { get; init; }

    /// <summary>True where the event is recorded and its body kept, but a fault of the system kept it from being read.</summary>
    public bool IsUnread => Status == StudyStatus.Received && StudyId is null && Observation is null;

    /// <summary>
    /// True where its Observation is stored and no study is made of it: a client wrote an ECG that is to be taken up, or an
    /// ECG is to be taken back. The status of that version tells which.
    /// </summary>
    public bool AwaitsStudy => Status == StudyStatus.Received && StudyId is null && Observation is not null;

    /// <summary>True where nothing more will become of it.</summary>
    public bool IsFinal => Status != StudyStatus.Received;

    /// <summary>Its place in the order of <see cref="IStudyLedger.RecentAsync"/>.</summary>
    public LedgerCursor Cursor => new(ReceivedAt, EventId);

    /// <summary>The outcome to publish.</summary>
    /// <exception cref="InvalidOperationException">The event is not final.</exception>
    public StudyOutcome ToOutcome() => FinishedAt is { } finishedAt && IsFinal
        ? new StudyOutcome(EventId, StudyId, Status, Urgency, Observation, Report, ModelSha256, Reasons, finishedAt)
        : throw new InvalidOperationException("An event that is not final has no outcome.");
}

/// <summary>One suggestion as the ledger shows it.</summary>
/// <param name="Code">Label code.</param>
/// <param name="Ja">Japanese term.</param>
/// <param name="En">English term.</param>
/// <param name="Probability">Calibrated probability, 0 to 1.</param>
/// <param name="Threshold">The label's threshold, 0 to 1.</param>
public sealed record LedgerSuggestion(string Code, string Ja, string En, double Probability, double Threshold);

/// <summary>A place in the ledger, newest first: unaffected by events that arrive meanwhile.</summary>
/// <param name="ReceivedAt">The entry's time of arrival.</param>
/// <param name="EventId">The entry's event.</param>
public sealed record LedgerCursor(DateTimeOffset ReceivedAt, Guid EventId);
