using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Resources;
using Npgsql;

namespace EcgIntegration.Persistence.Ledger;

/// <summary>
/// Which study's result an ECG has. One at most is current, by a unique index; the ones before it stay, superseded, and
/// their resources stay readable as versions.
/// </summary>
internal static class CurrentResults
{
    private const string OneCurrent = "ux_study_current";

    private const string FindSql =
        """
        SELECT id, observation_version, coalesce(lineage, id::text), coalesce(results, '{}'),
               CASE WHEN withdrawn_at IS NULL THEN urgency END, CASE WHEN withdrawn_at IS NULL THEN priority END,
               coalesce(opened_at, created_at)
        FROM study WHERE observation_id = $1 AND is_current
        """;

    private const string FindAndHoldSql = $"{FindSql} FOR UPDATE";

    /// <summary>The current study of an ECG.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="observationId">Logical id of the ECG.</param>
    /// <param name="forUpdate">Holds it until the transaction ends.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<CurrentStudy?> FindAsync(
        NpgsqlConnection connection, string observationId, bool forUpdate, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(FindSql, connection).With(observationId);
        if (forUpdate)
        {
            command.CommandText = FindAndHoldSql;
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new CurrentStudy(reader.GetGuid(0), reader.GetInt32(1), reader.GetString(2), reader.GetFieldValue<string[]>(3))
            {
                Urgency = reader.IsDBNull(4) ? null : LedgerRows.Name<Urgency>(reader, 4),
                Priority = reader.IsDBNull(5) ? null : LedgerRows.Name<EventPriority>(reader, 5),
                OpenedAt = reader.GetFieldValue<DateTimeOffset>(6),
            }
            : null;
    }

    /// <summary>Holds the current study, which must be the one expected.</summary>
    /// <exception cref="ResultChangedException">It is another one.</exception>
    public static async Task<CurrentStudy?> LockAsync(
        NpgsqlConnection connection, string observationId, Guid? expected, CancellationToken cancellationToken)
    {
        var current = await FindAsync(connection, observationId, forUpdate: true, cancellationToken);
        return current?.Id == expected ? current : throw new ResultChangedException();
    }

    /// <summary>Puts a study in the place of the current one.</summary>
    /// <exception cref="ResultChangedException">Another study has taken the place meanwhile.</exception>
    public static async Task ReplaceAsync(
        NpgsqlConnection connection, CurrentStudy? current, Guid studyId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (current is not null)
        {
            await using var supersede = new NpgsqlCommand(
                "UPDATE study SET is_current = false, superseded_by = $2, superseded_at = $3 WHERE id = $1", connection)
                .With(current.Id).With(studyId).WithTime(now);
            await supersede.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var take = new NpgsqlCommand(
            "UPDATE study SET is_current = true, superseded_by = NULL, superseded_at = NULL WHERE id = $1", connection).With(studyId);
        try
        {
            await take.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException e) when (e is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: OneCurrent })
        {
            throw new ResultChangedException();
        }
    }

    /// <summary>
    /// Notes of the studies of an ECG that have failed, on this version of it or an earlier one, that it has a result by now. One
    /// that somebody opens again at this moment is passed over: it has not failed any more.
    /// </summary>
    public static async Task SupersedeFailedAsync(
        NpgsqlConnection connection, LockedStudy study, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            UPDATE study SET superseded_by = $2, superseded_at = $4
            WHERE id IN (
              SELECT id FROM study
              WHERE observation_id = $1 AND id <> $2 AND status = 'failed' AND superseded_by IS NULL AND observation_version <= $3
              FOR UPDATE SKIP LOCKED)
            """,
            connection).With(study.ObservationId).With(study.Id).With(study.ObservationVersion).WithTime(now);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Notes of a study that its ECG has a newer result already.</summary>
    public static async Task MarkOutdatedAsync(
        NpgsqlConnection connection, Guid studyId, Guid currentId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("UPDATE study SET superseded_by = $2, superseded_at = $3 WHERE id = $1", connection)
            .With(studyId).With(currentId).WithTime(now);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// Stores the resources of a result. One whose id exists is shared by design (<see cref="NewResource.KeepExisting"/>), or
    /// the next version of the same resource.
    /// </summary>
    /// <exception cref="ResultChangedException">A version that the result was composed against is no longer the current one.</exception>
    public static async Task StoreAsync(
        NpgsqlConnection connection,
        IReadOnlyList<NewResource> written,
        IReadOnlyList<PreparedResource> prepared,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var byKey = written.ToDictionary(resource => (resource.Type, resource.Id));
        // A Provenance is found by the patient whose results it is about.
        var about = prepared.Select(resource => resource.Fields).FirstOrDefault(fields => (fields.Patient ?? fields.PatientIdentifier) is not null);
        // In one order everywhere: studies that share a resource, such as their model's Device, wait in one direction.
        var writes = written
            .Zip(prepared, (resource, ready) => new ResourceWrite(ready, resource.Id, SourceSystem: "", now)
            {
                About = resource.Type == "Provenance" ? about : null,
            })
            .OrderBy(write => write.Resource.Type, StringComparer.Ordinal).ThenBy(write => write.Id, StringComparer.Ordinal)
            .ToList();
        foreach (var held in await ResourceWriter.InsertAsync(connection, writes, cancellationToken))
        {
            var resource = byKey[(held.Resource.Type, held.Id)];
            if (resource.KeepExisting)
            {
                continue;
            }

            var holder = await ResourceWriter.LockAsync(connection, held.Resource.Type, held.Id, cancellationToken);
            if (resource.Replaces is { } expected && holder?.Version != expected)
            {
                throw new ResultChangedException();
            }

            if (holder?.HasContent(held.Resource) != true)
            {
                await ResourceWriter.UpdateAsync(connection, held, cancellationToken);
            }
        }
    }
}

/// <summary>A study whose result is current.</summary>
/// <param name="Id">The study.</param>
/// <param name="ObservationVersion">The newest version of the ECG that it holds for.</param>
/// <param name="Lineage">What the ids of its resources derive from.</param>
/// <param name="Results">Its resources, <c>Type/ID</c>.</param>
internal sealed record CurrentStudy(Guid Id, int ObservationVersion, string Lineage, string[] Results)
{
    /// <summary>How soon a physician should look; <see langword="null"/> where it was withdrawn.</summary>
    public Urgency? Urgency { get; init; }

    /// <summary>What it was read for; <see langword="null"/> where it was withdrawn.</summary>
    public EventPriority? Priority { get; init; }

    /// <summary>When it was last asked for while it was open.</summary>
    public DateTimeOffset OpenedAt { get; init; }

    /// <summary>True where this is the newer of two results: of a newer version of the ECG, or of the same one and asked for later.</summary>
    public bool IsNewerThan(LockedStudy study) =>
        ObservationVersion > study.ObservationVersion || (ObservationVersion == study.ObservationVersion && OpenedAt > study.OpenedAt);
}
