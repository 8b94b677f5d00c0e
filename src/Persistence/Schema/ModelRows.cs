namespace EcgIntegration.Persistence.Schema;

/// <summary>Which model has a role now; one row a role, also while no model has it.</summary>
internal sealed class ModelRoleRow
{
    public required string Role { get; init; }

    /// <summary><see langword="null"/>: the default bundle is active, or nothing is in the shadow.</summary>
    public string? ModelSha256 { get; init; }

    public string? ModelName { get; init; }

    public DateTimeOffset Since { get; init; }
}

/// <summary>One change of a role.</summary>
internal sealed class ModelRoleChangeRow
{
    public long Id { get; init; }

    public required string Role { get; init; }

    public string? FromSha256 { get; init; }

    public string? ToSha256 { get; init; }

    public string? ToName { get; init; }

    public DateTimeOffset ChangedAt { get; init; }

    public required string ChangedBy { get; init; }

    public required string Why { get; init; }
}

/// <summary>What a model in the shadow said about the ECG of a study that another model decided.</summary>
internal sealed class ShadowResultRow
{
    public Guid StudyId { get; init; }

    public required string ModelSha256 { get; init; }

    public required string Status { get; init; }

    public string? Urgency { get; init; }

    public required string Reasons { get; init; }

    public required string Suggestions { get; init; }

    public string? Execution { get; init; }

    public DateTimeOffset FinishedAt { get; init; }
}
