namespace EcgIntegration.Persistence.Replay;

/// <summary>Where a replay stands.</summary>
public enum ReplayState
{
    /// <summary>Its ECGs are read as the limits allow.</summary>
    Running,

    /// <summary>Nothing more is begun until it is resumed.</summary>
    Paused,

    /// <summary>Ended before its end; what was done stays.</summary>
    Cancelled,

    /// <summary>Every ECG has a result.</summary>
    Completed,
}

/// <summary>A replay.</summary>
/// <param name="Id">Its id, also that of its FHIR Task.</param>
/// <param name="Key">The key it was submitted under.</param>
/// <param name="Selection">The selection in words, without the patient.</param>
/// <param name="ModelSha256">The model that reads; <see langword="null"/> until the replay begins, where none was named.</param>
/// <param name="DryRun">True where no result is written.</param>
/// <param name="Why">Why it was asked for.</param>
/// <param name="RequestedBy">Who asked.</param>
/// <param name="PerMinute">Most ECGs a minute.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Counts">How far it is.</param>
/// <param name="SubmittedAt">When it was asked for.</param>
/// <param name="StartedAt">When its first ECG was handed out.</param>
/// <param name="FinishedAt">When it was completed or cancelled.</param>
public sealed record ReplayJob(
    Guid Id,
    string Key,
    string Selection,
    string? ModelSha256,
    bool DryRun,
    string Why,
    string RequestedBy,
    int? PerMinute,
    ReplayState State,
    ReplayCounts Counts,
    DateTimeOffset SubmittedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt)
{
    /// <summary>True where nothing more will become of it.</summary>
    public bool IsFinished => State is ReplayState.Cancelled or ReplayState.Completed;
}

/// <summary>How many ECGs of a replay are where.</summary>
/// <param name="Total">All of them.</param>
/// <param name="Waiting">Not begun, or given back.</param>
/// <param name="Queued">On the queue or in work.</param>
/// <param name="Unchanged">Done: status, urgency, suggestions and reasons are as before.</param>
/// <param name="Changed">Done: they are not.</param>
/// <param name="Failed">Done: a fault of the system, attempts used up.</param>
/// <param name="NotReplayable">Done: there is nothing to read again.</param>
/// <param name="Written">Studies made or completed.</param>
/// <param name="BecameUrgent">Of the changed ones, those now urgent or critical and not before.</param>
/// <param name="CeasedUrgent">Of the changed ones, those urgent or critical before and not now.</param>
public sealed record ReplayCounts(
    int Total, int Waiting, int Queued, int Unchanged, int Changed, int Failed, int NotReplayable, int Written, int BecameUrgent, int CeasedUrgent)
{
    /// <summary>Those with a result.</summary>
    public int Done => Unchanged + Changed + Failed + NotReplayable;
}

/// <summary>A replay as it was submitted.</summary>
/// <param name="Job">The replay.</param>
/// <param name="IsNew">False where the same key had been submitted before.</param>
public sealed record ReplaySubmission(ReplayJob Job, bool IsNew);

/// <summary>What a replay would take.</summary>
/// <param name="Count">ECGs selected.</param>
/// <param name="ByStatus">The same by status.</param>
/// <param name="First">The first of them in the order in which they would be read.</param>
/// <param name="PerMinute">ECGs a minute that the last replays reached; <see langword="null"/> where none was long enough to tell.</param>
public sealed record ReplayPreview(
    int Count, IReadOnlyDictionary<string, int> ByStatus, IReadOnlyList<ReplayCandidate> First, double? PerMinute);

/// <summary>A selected ECG.</summary>
/// <param name="EventId">The event it was found by.</param>
/// <param name="Observation">The ECG, <c>Observation/ID</c>; <see langword="null"/> for an event never read as one.</param>
/// <param name="ReceivedAt">When that event arrived.</param>
/// <param name="Status">What it shows.</param>
/// <param name="Urgency">Its urgency.</param>
public sealed record ReplayCandidate(
    Guid EventId, string? Observation, DateTimeOffset ReceivedAt, Contracts.Events.StudyStatus Status, Contracts.Events.Urgency? Urgency);
