using EcgIntegration.Persistence.Search;

namespace EcgIntegration.Persistence.Audit;

/// <summary>Reads audit records, for those who may see who saw what. Reading leaves a record as well: that is the caller's to make.</summary>
public interface IAuditTrail
{
    /// <summary>One page of records that fulfil a search of the type <c>AuditEvent</c>. Every order is that in which they were made.</summary>
    /// <exception cref="FormatException"><see cref="ResourceQuery.After"/> is no place of this search.</exception>
    Task<AuditPage> SearchAsync(ResourceQuery query, CancellationToken cancellationToken);

    /// <summary>How many records fulfil a search; reads them all.</summary>
    Task<long> CountAsync(ResourceQuery query, CancellationToken cancellationToken);

    /// <summary>One record by its number, or <see langword="null"/>.</summary>
    Task<AuditEntry?> ReadAsync(long sequence, CancellationToken cancellationToken);
}

/// <summary>A record as it was made.</summary>
/// <param name="Sequence">Its number in the chain, from 1.</param>
/// <param name="At">When it was made.</param>
/// <param name="Record">What it says.</param>
public sealed record AuditEntry(long Sequence, DateTimeOffset At, AuditRecord Record);

/// <summary>A page of records.</summary>
/// <param name="Entries">The records, in order.</param>
/// <param name="Next">Where the next page starts; <see langword="null"/> on the last.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, SearchPlace? Next);
