using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Audit;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Search;
using EcgIntegration.Persistence.Subscriptions;
using Npgsql;

namespace EcgIntegration.Persistence.Writing;

/// <inheritdoc cref="IFhirTransaction"/>
/// <param name="connection">An open connection in a transaction that is the caller's.</param>
/// <param name="now">The time of what is written.</param>
internal sealed class FhirTransaction(NpgsqlConnection connection, DateTimeOffset now) : IFhirTransaction
{
    /// <summary>The sender of what clients write.</summary>
    private const string Source = "fhir";

    private const string Observation = "Observation";
    private const string Subscription = "Subscription";

    /// <summary>The parameters by which a resource is found that refers to another one.</summary>
    private static readonly SearchParameter[] References =
    [
        .. SearchParameters.Types.SelectMany(SearchParameters.Of)
            .Where(parameter => parameter.Type == SearchParameterType.Reference && parameter.Name[0] != '_')
            .DistinctBy(parameter => (parameter.Name, string.Join(' ', parameter.Targets))),
    ];

    private readonly List<AuditRecord> _audit = [];

    public DateTimeOffset Now => now;

    public async Task SerialiseAsync(IEnumerable<string> conditions, CancellationToken cancellationToken)
    {
        foreach (var condition in conditions.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            await using var command = new NpgsqlCommand(
                "SELECT pg_advisory_xact_lock(hashtextextended('fhir condition ' || $1, 4912650020))", connection).With(condition);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public async Task<IReadOnlyList<string>> MatchAsync(ResourceQuery query, CancellationToken cancellationToken)
    {
        var page = await SearchReader.SearchAsync(
            connection, query with { Sort = [], Limit = 2, After = null, WithSamples = false }, now, cancellationToken);
        return [.. page.Matches.Select(match => match.Id)];
    }

    public async Task<HeldResource?> HoldAsync(string type, string id, CancellationToken cancellationToken) =>
        await ResourceWriter.LockAsync(connection, type, id, cancellationToken) is { } holder
            ? new HeldResource(holder, type == Observation && await IsEcgAsync(id, cancellationToken))
            : null;

    public async Task<bool> IsReferredToAsync(string type, string id, CancellationToken cancellationToken)
    {
        // What this system says of a Subscription is about its deliveries, and must not keep the subscriber from ending it.
        var ownCounts = type != Subscription;
        var reference = $"{type}/{id}";
        await using var command = new NpgsqlCommand(
            """
            SELECT 1 FROM resource WHERE tokens && $1 AND NOT deleted AND NOT (type = $2 AND id = $3) AND ($5 OR source_system <> '')
            UNION ALL
            SELECT 1 FROM resource WHERE patient = $4 AND NOT deleted AND NOT (type = $2 AND id = $3)
            LIMIT 1
            """,
            connection)
            .With(References.Where(parameter => parameter.Targets.Count == 0 || parameter.Targets.Contains(type))
                .Select(parameter => IndexTokens.Reference(parameter.Name, reference)).Distinct().ToArray())
            .With(type).With(id).With(reference).With(ownCounts);
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

    public async Task<WrittenVersion?> CreateAsync(ClientResource resource, bool asSystem, CancellationToken cancellationToken)
    {
        var write = Write(resource, asSystem ? "" : Source, await AboutAsync(resource, cancellationToken));
        return await ResourceWriter.TryInsertAsync(connection, write, cancellationToken)
            ? new WrittenVersion(resource.Type, resource.Id, 1, now)
            : null;
    }

    public async Task<WrittenVersion> UpdateAsync(HeldResource held, ClientResource resource, CancellationToken cancellationToken)
    {
        var holder = held.Holder;
        var about = IndexEntry.Empty with { Patient = holder.Patient, PatientIdentifier = holder.PatientIdentifier };
        var version = await ResourceWriter.UpdateAsync(connection, Write(resource, holder.SourceSystem, about), cancellationToken);
        return new WrittenVersion(resource.Type, resource.Id, version, now);
    }

    public async Task<WrittenVersion> DeleteAsync(string type, string id, CancellationToken cancellationToken)
    {
        var version = await ResourceWriter.DeleteAsync(connection, type, id, now, cancellationToken)
            ?? throw new InvalidOperationException("A resource that is deleted is stored, and not deleted already.");
        if (type == Subscription)
        {
            await SubscriptionTasks.CancelAsync(connection, id, now, cancellationToken);
        }

        return new WrittenVersion(type, id, version, now);
    }

    public async Task RecordAsync(WrittenEcg ecg, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO intake_event (event_id, source_system, priority, occurred_at, received_at, status,
                                      observation_id, observation_version, attempts, next_attempt_at)
            VALUES ($1, $2, $3, $4, $4, 'received', $5, $6, 0, $4)
            """,
            connection)
            .With(ecg.EventId).With(Source).With(WireName.Of(ecg.Priority)).WithTime(now)
            .With(ecg.ObservationId).With(ecg.ObservationVersion);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public void Audit(AuditRecord record) => _audit.Add(record);

    /// <summary>Writes the audit records; the last thing before the end.</summary>
    public async Task WriteAuditAsync(CancellationToken cancellationToken)
    {
        foreach (var record in _audit)
        {
            await PostgresAuditLog.RecordAsync(connection, record, cancellationToken);
        }
    }

    private async Task<bool> IsEcgAsync(string id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT 1 FROM intake_event WHERE observation_id = $1 LIMIT 1", connection).With(id);
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

    /// <summary>The patient of what a resource is about that cannot name one itself.</summary>
    private async Task<IndexEntry?> AboutAsync(ClientResource resource, CancellationToken cancellationToken)
    {
        var targets = resource.Prepared.Fields.Targets.Select(target => target.Split('/')).Where(parts => parts.Length == 2).ToList();
        if (targets.Count == 0)
        {
            return null;
        }

        await using var command = new NpgsqlCommand(
            """
            SELECT r.patient, r.patient_identifier
            FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t(type, id, ordinal) JOIN resource r ON r.type = t.type AND r.id = t.id
            WHERE r.patient IS NOT NULL OR r.patient_identifier IS NOT NULL
            ORDER BY t.ordinal LIMIT 1
            """,
            connection).With(targets.ConvertAll(parts => parts[0]).ToArray()).With(targets.ConvertAll(parts => parts[1]).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? IndexEntry.Empty with
            {
                Patient = reader.IsDBNull(0) ? null : reader.GetString(0),
                PatientIdentifier = reader.IsDBNull(1) ? null : reader.GetString(1),
            }
            : null;
    }

    private ResourceWrite Write(ClientResource resource, string source, IndexEntry? about) =>
        new(resource.Prepared, resource.Id, source, now) { About = about };
}
