namespace EcgIntegration.Persistence.Audit;

/// <summary>
/// Who saw which patient's data, and when. Append-only and hash-chained in the database: an altered, inserted or removed
/// record in the middle breaks the chain.
/// </summary>
public interface IAuditLog
{
    /// <summary>Adds a record; it is durable on return, so that nothing is shown that is not recorded.</summary>
    Task RecordAsync(AuditRecord record, CancellationToken cancellationToken) =>
        RecordAsync(record, AuditedResources.None, cancellationToken);

    /// <summary>Adds a record to which the patients of stored resources are added, in the same statement.</summary>
    Task RecordAsync(AuditRecord record, AuditedResources resources, CancellationToken cancellationToken);

    /// <summary>Recomputes the chain.</summary>
    /// <returns>The sequence number of the first record that does not follow from those before it; <see langword="null"/> where all do.</returns>
    Task<long?> FindBreakAsync(CancellationToken cancellationToken);
}

/// <summary>One access.</summary>
/// <param name="Actor">Who: the authenticated principal, or <c>anonymous@loopback</c>.</param>
/// <param name="Action">What: <c>read</c>, <c>vread</c>, <c>search</c> …</param>
/// <param name="Resource">On what: <c>DiagnosticReport/ID</c>, or the type alone for a search.</param>
/// <param name="Patient">Whose: the patient reference or identifier, where known.</param>
/// <param name="Results">How many resources were shown.</param>
public sealed record AuditRecord(string Actor, string Action, string Resource, string? Patient, int Results)
{
    /// <summary>Whose beside the first patient's, in the same forms.</summary>
    public IReadOnlyList<string> OtherPatients { get; init; } = [];

    /// <summary>Every patient whose data it is about.</summary>
    public IEnumerable<string> Patients => Patient is null ? OtherPatients : OtherPatients.Prepend(Patient);
}

/// <summary>Resources that were shown and name their patient by an identifier alone, if they have one: the database knows.</summary>
/// <param name="References"><c>Type/id</c>.</param>
public sealed record AuditedResources(IReadOnlyList<string> References)
{
    /// <summary>None.</summary>
    public static AuditedResources None { get; } = new([]);
}
