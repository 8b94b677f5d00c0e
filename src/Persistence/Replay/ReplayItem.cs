using System.Text.Json.Serialization;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;

namespace EcgIntegration.Persistence.Replay;

/// <summary>What came of one ECG of a replay.</summary>
public enum ReplayResult
{
    /// <summary>Status, urgency, suggestions and reasons are as before.</summary>
    Unchanged,

    /// <summary>They are not.</summary>
    Changed,

    /// <summary>A fault of the system, attempts used up.</summary>
    Failed,

    /// <summary>There is nothing to read again.</summary>
    NotReplayable,
}

/// <summary>What an ECG shows.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Urgency">Its urgency.</param>
/// <param name="Codes">Codes of its suggestions; where there are none, of its reasons.</param>
public sealed record ReplaySide(StudyStatus Status, Urgency? Urgency, IReadOnlyList<string> Codes)
{
    /// <summary>True where a physician would see the same.</summary>
    public bool IsSame(ReplaySide other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Status == other.Status && Urgency == other.Urgency
            && Codes.ToHashSet(StringComparer.Ordinal).SetEquals(other.Codes);
    }
}

/// <summary>The end of one ECG of a replay.</summary>
/// <param name="Result">What came of it.</param>
/// <param name="Before">What it showed; <see langword="null"/> where that was not looked at.</param>
/// <param name="After">What it shows, or would show, read again.</param>
/// <param name="StudyId">The study made or completed; <see langword="null"/> where nothing was written.</param>
/// <param name="Written">True where a study was made or completed, or an event recorded.</param>
/// <param name="Reason">Why it failed, or cannot be replayed.</param>
public sealed record ReplayFinding(
    ReplayResult Result, ReplaySide? Before = null, ReplaySide? After = null, Guid? StudyId = null, bool Written = false, Reason? Reason = null);

/// <summary>One ECG of a replay, for people.</summary>
/// <param name="Ordinal">Its place, from 1.</param>
/// <param name="SourceEventId">The event it was found by.</param>
/// <param name="EventId">The event that the replay records.</param>
/// <param name="Observation">The ECG, <c>Observation/ID</c>.</param>
/// <param name="State"><c>waiting</c>, <c>queued</c> or <c>done</c>.</param>
/// <param name="Finding">What came of it; <see langword="null"/> until it is done.</param>
/// <param name="DoneAt">When.</param>
public sealed record ReplayLine(
    int Ordinal, Guid SourceEventId, Guid EventId, string? Observation, string State, ReplayFinding? Finding, DateTimeOffset? DoneAt)
{
    /// <summary>Its place in the order in which ECGs of a replay are told of.</summary>
    [JsonIgnore]
    public ReplayPlace Place { get; init; } = new(0, 0, Ordinal);

    /// <summary>True where it is urgent or critical now and was not.</summary>
    public bool BecameUrgent => Finding is { Result: ReplayResult.Changed } && IsUrgent(Finding.After) && !IsUrgent(Finding.Before);

    /// <summary>True where it was urgent or critical and is not now.</summary>
    public bool CeasedUrgent => Finding is { Result: ReplayResult.Changed } && IsUrgent(Finding.Before) && !IsUrgent(Finding.After);

    private static bool IsUrgent(ReplaySide? side) => side?.Urgency >= Urgency.Urgent;
}

/// <summary>Where an ECG stands among those of its replay: an order that only what comes of it changes.</summary>
/// <param name="Group">Became urgent, ceased to be, changed, failed, not replayable, the rest: from 0.</param>
/// <param name="Rank">0 for a critical one.</param>
/// <param name="Ordinal">Its place in the replay.</param>
public sealed record ReplayPlace(int Group, int Rank, int Ordinal);

/// <summary>One ECG of a replay, for the worker that reads it.</summary>
/// <param name="JobId">The replay.</param>
/// <param name="Ordinal">Its place.</param>
/// <param name="EventId">The event to record.</param>
/// <param name="SourceEventId">The event it was found by.</param>
/// <param name="ObservationId">Logical id of the ECG; <see langword="null"/> where the source event's body is to be read again.</param>
/// <param name="ModelSha256">The model that reads.</param>
/// <param name="DryRun">True to compare only.</param>
/// <param name="Attempts">Times it was begun, this one included.</param>
/// <param name="Before">What it showed before the replay wrote anything, where that is noted already.</param>
public sealed record ReplayItem(
    Guid JobId, int Ordinal, Guid EventId, Guid SourceEventId, string? ObservationId, string ModelSha256, bool DryRun, int Attempts,
    ReplaySide? Before)
{
    /// <summary>Its name.</summary>
    public ReplayTicket Ticket => new(JobId, Ordinal);
}

/// <summary>The study that an ECG shows: its current one, or a later one that failed.</summary>
/// <param name="Id">The study.</param>
/// <param name="ObservationKey">First part of its business key.</param>
/// <param name="ModelSha256">The model that read it.</param>
/// <param name="Priority">The most urgent of its events.</param>
/// <param name="Side">What it says.</param>
public sealed record ShownStudy(Guid Id, string ObservationKey, string ModelSha256, EventPriority Priority, ReplaySide Side);
