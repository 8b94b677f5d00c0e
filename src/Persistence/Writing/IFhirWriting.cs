using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Audit;
using EcgIntegration.Persistence.Search;

namespace EcgIntegration.Persistence.Writing;

/// <summary>What clients write. Everything that belongs together is one transaction, with its audit records.</summary>
public interface IFhirWriting
{
    /// <summary>
    /// Runs work in one transaction and commits it; an exception undoes all of it. Where PostgreSQL ends the transaction because
    /// of another one (a deadlock), all of it is done again: the work must not leave anything behind but in the database.
    /// </summary>
    /// <param name="work">
    /// What is to be done. Resources are held in the order of type and id, and before any is written: whoever writes several
    /// then waits for others in one direction only.
    /// </param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<T> InTransactionAsync<T>(Func<IFhirTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>The resources of a study's result, <c>Type/ID</c>; none where there is no such study.</summary>
    Task<IReadOnlyList<string>> ResultsAsync(Guid studyId, CancellationToken cancellationToken);
}

/// <summary>One transaction of <see cref="IFhirWriting"/>, for one caller at a time.</summary>
public interface IFhirTransaction
{
    /// <summary>The time of what is written.</summary>
    DateTimeOffset Now { get; }

    /// <summary>
    /// Lets no other transaction with one of these conditions go on before this one ends, so that of two that create on the same
    /// condition the second finds what the first has created.
    /// </summary>
    Task SerialiseAsync(IEnumerable<string> conditions, CancellationToken cancellationToken);

    /// <summary>Ids of resources that match, at most two: more than one is as good as many.</summary>
    Task<IReadOnlyList<string>> MatchAsync(ResourceQuery query, CancellationToken cancellationToken);

    /// <summary>Holds a resource, or returns <see langword="null"/> where none is stored.</summary>
    Task<HeldResource?> HoldAsync(string type, string id, CancellationToken cancellationToken);

    /// <summary>
    /// Whether a stored resource refers to another one, by anything that is searched by. What this system itself says of a
    /// Subscription does not count.
    /// </summary>
    Task<bool> IsReferredToAsync(string type, string id, CancellationToken cancellationToken);

    /// <summary>Stores version 1 of a resource.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="asSystem">True for what no client may change afterwards.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns><see langword="null"/> where the id is held, also by another transaction that has ended meanwhile.</returns>
    Task<WrittenVersion?> CreateAsync(ClientResource resource, bool asSystem, CancellationToken cancellationToken);

    /// <summary>Stores the next version. Its sender stays the first one's.</summary>
    /// <param name="held">The resource as <see cref="HoldAsync"/> has found it.</param>
    /// <param name="resource">The new content.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<WrittenVersion> UpdateAsync(HeldResource held, ClientResource resource, CancellationToken cancellationToken);

    /// <summary>Stores a deletion as the next version of a resource that is held. With a Subscription the Tasks about it end.</summary>
    Task<WrittenVersion> DeleteAsync(string type, string id, CancellationToken cancellationToken);

    /// <summary>Records that an ECG is to be triaged, or to be taken back: due at once, to whoever leases it from the ledger.</summary>
    Task RecordAsync(WrittenEcg ecg, CancellationToken cancellationToken);

    /// <summary>Adds an audit record; all are written at the end.</summary>
    void Audit(AuditRecord record);
}

/// <summary>One version that was written.</summary>
/// <param name="Type">Resource type.</param>
/// <param name="Id">Logical id.</param>
/// <param name="Version">Version.</param>
/// <param name="LastUpdated">Its time.</param>
public sealed record WrittenVersion(string Type, string Id, int Version, DateTimeOffset LastUpdated);

/// <summary>An ECG that a client wrote.</summary>
/// <param name="EventId">The event under which the ledger has it.</param>
/// <param name="Priority">How soon the client wants it read.</param>
/// <param name="ObservationId">Logical id of the Observation.</param>
/// <param name="ObservationVersion">The version written.</param>
public sealed record WrittenEcg(Guid EventId, EventPriority Priority, string ObservationId, int ObservationVersion);
