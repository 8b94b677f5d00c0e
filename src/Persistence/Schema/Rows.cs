namespace EcgIntegration.Persistence.Schema;

/// <summary>The current version of a FHIR resource.</summary>
internal sealed class ResourceRow
{
    public required string Type { get; init; }

    public required string Id { get; init; }

    public int Version { get; init; }

    public DateTimeOffset LastUpdated { get; init; }

    /// <summary>Who sent it; empty for what this system wrote.</summary>
    public required string SourceSystem { get; init; }

    /// <summary>jsonb, without id, version, time and samples.</summary>
    public required string Content { get; init; }

    public required byte[] ContentHash { get; init; }

    public string? Patient { get; init; }

    public string? PatientIdentifier { get; init; }

    /// <summary>First moment of the type's first date.</summary>
    public DateTimeOffset? Date { get; init; }

    /// <summary>Last moment of it; the same one where it is no span.</summary>
    public DateTimeOffset? DateEnd { get; init; }

    /// <summary>First moment of the type's second date: issued, modified.</summary>
    public DateTimeOffset? Stamped { get; init; }

    public DateTimeOffset? StampedEnd { get; init; }

    public string? Status { get; init; }

    public string? Priority { get; init; }

    /// <summary>Codes, identifiers and references, in the forms of <see cref="Search.IndexTokens"/>.</summary>
    public required string[] Tokens { get; init; }

    /// <summary>This version says that the resource was deleted.</summary>
    public bool Deleted { get; init; }

    /// <summary>Version of the rules by which the columns were read from the content.</summary>
    public short Indexed { get; init; }
}

/// <summary>A superseded version, put here by the database itself when the next one is stored.</summary>
internal sealed class ResourceHistoryRow
{
    public required string Type { get; init; }

    public required string Id { get; init; }

    public int Version { get; init; }

    public DateTimeOffset LastUpdated { get; init; }

    public required string Content { get; init; }

    public required byte[] ContentHash { get; init; }

    public string? Patient { get; init; }

    public bool Deleted { get; init; }
}

/// <summary>A text that a resource is found by; of current versions only.</summary>
internal sealed class ResourceTextRow
{
    public required string Type { get; init; }

    public required string Id { get; init; }

    /// <summary>Name of the search parameter.</summary>
    public required string Parameter { get; init; }

    public int Ordinal { get; init; }

    /// <summary>Without differences of width, kana, case and blanks.</summary>
    public required string Folded { get; init; }

    /// <summary>As it stands in the resource; <see langword="null"/> for one put together from several.</summary>
    public string? Verbatim { get; init; }
}

/// <summary>One row: the rules by which every resource is indexed at least.</summary>
internal sealed class SearchIndexRow
{
    public short Rules { get; init; }
}

/// <summary>Which samples one version of a resource has: what jsonb does not hold of it.</summary>
internal sealed class WaveformRow
{
    public required string Type { get; init; }

    public required string Id { get; init; }

    public int Version { get; init; }

    public required byte[] SamplesSha256 { get; init; }
}

/// <summary>Samples, stored once however many versions and resources have them.</summary>
internal sealed class SamplesRow
{
    /// <summary>Of the tokens before compression.</summary>
    public required byte[] Sha256 { get; init; }

    /// <summary>Form of <see cref="Data"/>: 1 is Brotli over verbatim tokens.</summary>
    public short Encoding { get; init; }

    public required byte[] Data { get; init; }

    /// <summary>Length before compression, in bytes.</summary>
    public int RawLength { get; init; }
}

/// <summary>One ECG read by one model version.</summary>
internal sealed class StudyRow
{
    public Guid Id { get; init; }

    public required string ObservationKey { get; init; }

    public required string InputSha256 { get; init; }

    public required string ModelSha256 { get; init; }

    /// <summary>0, or the number of a later analysis of the same signal by the same model.</summary>
    public int Run { get; init; }

    public required string ObservationId { get; init; }

    /// <summary>The newest version of the ECG that it holds for: those of the same signal after the one that was read too.</summary>
    public int ObservationVersion { get; init; }

    /// <summary>The most urgent of its events.</summary>
    public required string Priority { get; init; }

    public required string Status { get; init; }

    public string? Urgency { get; init; }

    public string? Reasons { get; init; }

    public string? Suggestions { get; init; }

    public string? ReportId { get; init; }

    /// <summary>What the ids of its results derive from; an ECG's results share it until one of them is signed.</summary>
    public string? Lineage { get; init; }

    /// <summary>The resources of its result, <c>Type/ID</c>.</summary>
    public string[]? Results { get; init; }

    /// <summary>Its result is the one the ECG has now.</summary>
    public bool IsCurrent { get; init; }

    public Guid? SupersededBy { get; init; }

    public DateTimeOffset? SupersededAt { get; init; }

    /// <summary>When its ECG was entered in error.</summary>
    public DateTimeOffset? WithdrawnAt { get; init; }

    public string? Execution { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its ECG was last asked for while it was open; <see langword="null"/> for <see cref="CreatedAt"/>.</summary>
    public DateTimeOffset? OpenedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }
}

/// <summary>One event with its outcome.</summary>
internal sealed class IntakeEventRow
{
    public Guid EventId { get; init; }

    public Guid? StudyId { get; init; }

    public required string SourceSystem { get; init; }

    public required string Priority { get; init; }

    public DateTimeOffset? OccurredAt { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    public required string Status { get; init; }

    /// <summary>Its own reasons; where it has none, its study's hold.</summary>
    public string? Reasons { get; init; }

    public string? ObservationId { get; init; }

    public int? ObservationVersion { get; init; }

    public int Attempts { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>When its outcome is published again, where that was tried already.</summary>
    public DateTimeOffset? PublishAfter { get; init; }

    /// <summary>The dead-letter queue has still to be told of it: it came without a usable id.</summary>
    public bool NoticeOwed { get; init; }
}

/// <summary>The body of a rejected event, so that it can be mended and sent again.</summary>
internal sealed class RejectedInputRow
{
    public Guid EventId { get; init; }

    public required byte[] Sha256 { get; init; }

    public int Length { get; init; }

    /// <summary>Brotli; <see langword="null"/> where the body is longer than is kept.</summary>
    public byte[]? Body { get; init; }
}

/// <summary>One access to patient data, chained to the one before.</summary>
internal sealed class AuditRow
{
    public long Sequence { get; init; }

    public DateTimeOffset At { get; init; }

    public required string Actor { get; init; }

    public required string Action { get; init; }

    public required string Resource { get; init; }

    public string? Patient { get; init; }

    /// <summary>Whose it is beside; <see langword="null"/> where it is at most one patient's.</summary>
    public string[]? OtherPatients { get; init; }

    public int Results { get; init; }

    public required byte[] Hash { get; init; }
}
