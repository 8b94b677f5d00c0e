namespace EcgIntegration.Persistence.Schema;

/// <summary>One replay: what an operator asked for, and how far it is.</summary>
internal sealed class ReplayJobRow
{
    public Guid Id { get; init; }

    /// <summary>The same key is the same replay, however often it is submitted.</summary>
    public required string Key { get; init; }

    /// <summary>jsonb. It can name a patient: it is shown nowhere but in the database.</summary>
    public required string Selection { get; init; }

    /// <summary>jsonb: what was asked for as it was typed, name by name, to tell a repetition from another wish. It can name a patient.</summary>
    public string? Asked { get; init; }

    /// <summary>The model asked for; <see langword="null"/> for the one that is active when the replay begins.</summary>
    public string? RequestedModel { get; init; }

    /// <summary>The model that reads; set when the replay begins.</summary>
    public string? ModelSha256 { get; init; }

    public bool DryRun { get; init; }

    public required string Why { get; init; }

    public required string RequestedBy { get; init; }

    public int? PerMinute { get; init; }

    public required string State { get; init; }

    public int Total { get; init; }

    public DateTimeOffset SubmittedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>When the last ECG handed out was due at the rate allowed.</summary>
    public DateTimeOffset? PacedUntil { get; init; }

    public DateTimeOffset? PublishedAt { get; init; }
}

/// <summary>One ECG of a replay.</summary>
internal sealed class ReplayItemRow
{
    public Guid JobId { get; init; }

    public int Ordinal { get; init; }

    /// <summary>The event the replay records, derived from job and ordinal.</summary>
    public Guid EventId { get; init; }

    /// <summary>The event it was found by; its body is read again where it has no ECG.</summary>
    public Guid SourceEventId { get; init; }

    public string? ObservationId { get; init; }

    public required string State { get; init; }

    public DateTimeOffset? LeasedUntil { get; init; }

    /// <summary>When it is due again, where it was put off.</summary>
    public DateTimeOffset? DueAt { get; init; }

    public int Attempts { get; init; }

    public string? Result { get; init; }

    public string? Reason { get; init; }

    public string? BeforeStatus { get; init; }

    public string? BeforeUrgency { get; init; }

    public string[]? BeforeCodes { get; init; }

    public string? AfterStatus { get; init; }

    public string? AfterUrgency { get; init; }

    public string[]? AfterCodes { get; init; }

    public Guid? AfterStudyId { get; init; }

    /// <summary>A study was made or completed by it.</summary>
    public bool Written { get; init; }

    public DateTimeOffset? DoneAt { get; init; }
}

/// <summary>A wish for a replay by event that was refused, until the answer is out.</summary>
internal sealed class ReplayRefusalRow
{
    public Guid EventId { get; init; }

    public required string Key { get; init; }

    /// <summary>jsonb.</summary>
    public required string Reasons { get; init; }

    public DateTimeOffset RefusedAt { get; init; }

    public DateTimeOffset? PublishedAt { get; init; }
}
