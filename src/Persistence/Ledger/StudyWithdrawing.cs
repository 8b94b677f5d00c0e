using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Resources;
using Npgsql;

namespace EcgIntegration.Persistence.Ledger;

/// <summary>The transactions that take an ECG back; each on an open connection without a transaction.</summary>
internal static class StudyWithdrawing
{
    private const int LongestSource = 200;

    /// <summary>Stores the Observation that says so, and the event, still received; one that was kept unread gets its Observation now.</summary>
    /// <returns>False where the event is recorded already and nothing was written.</returns>
    public static async Task<bool> ReceiveAsync(
        NpgsqlConnection connection, NewWithdrawal withdrawal, PreparedResource observation, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var source = Storable.Text(withdrawal.SourceSystem, LongestSource);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var stored = await new ObservationIntake(connection, source, EventTime.Of(withdrawal.OccurredAt, withdrawal.ReceivedAt), now)
            .StoreAsync(observation, withdrawal.RequestedObservationId, withdrawal.ObservationKey, cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO intake_event (event_id, source_system, priority, occurred_at, received_at, status,
                                      observation_id, observation_version, attempts, next_attempt_at)
            VALUES ($1, $2, $3, $4, $5, 'received', $6, $7, 1, $8)
            ON CONFLICT (event_id) DO UPDATE
            SET source_system = excluded.source_system, priority = excluded.priority, occurred_at = excluded.occurred_at, reasons = NULL,
                observation_id = excluded.observation_id, observation_version = excluded.observation_version,
                next_attempt_at = excluded.next_attempt_at
            WHERE $9 AND intake_event.status = 'received' AND intake_event.study_id IS NULL AND intake_event.observation_id IS NULL
            """,
            connection)
            .With(withdrawal.EventId).With(source).With(WireName.Of(withdrawal.Priority))
            .WithTime(withdrawal.OccurredAt).WithTime(withdrawal.ReceivedAt)
            .With(stored.Id).With(stored.Version).WithTime(withdrawal.FirstRetryAt).With(withdrawal.IsReadAgain);
        if (await command.ExecuteNonQueryAsync(cancellationToken) != 1)
        {
            return false;
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Tells the same withdrawal again from another event under its id, which must not get its answer.</summary>
    public static async Task<Reception> RepeatedAsync(
        NpgsqlConnection connection, LedgerEntry known, PreparedResource observation, CancellationToken cancellationToken)
    {
        if (known is not { StudyId: null, Observation: { } reference, ObservationVersion: { } version })
        {
            return new(known, ReceptionKind.Reused);
        }

        await using var command = new NpgsqlCommand(
            """
            SELECT 1 FROM resource WHERE type = 'Observation' AND id = $1 AND version = $2 AND content_hash = $3
            UNION ALL
            SELECT 1 FROM resource_history WHERE type = 'Observation' AND id = $1 AND version = $2 AND content_hash = $3
            """,
            connection).With(reference["Observation/".Length..]).With(version).With(observation.ContentHash);
        var same = await command.ExecuteScalarAsync(cancellationToken) is not null;
        return new(known, same ? ReceptionKind.Repeated : ReceptionKind.Reused);
    }

    /// <summary>Withdraws the result of the event's Observation and makes the event final, unless it is already.</summary>
    public static async Task CompleteAsync(
        NpgsqlConnection connection,
        Guid eventId,
        StudyWithdrawal withdrawal,
        IReadOnlyList<PreparedResource> resources,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (id, version) = await FindAsync(connection, eventId, cancellationToken);
        var current = await CurrentResults.LockAsync(connection, id, withdrawal.Withdraws, cancellationToken);
        if (current is not null && current.ObservationVersion <= version)
        {
            await CurrentResults.StoreAsync(connection, withdrawal.Resources, resources, now, cancellationToken);
            await using var study = new NpgsqlCommand("UPDATE study SET withdrawn_at = $2 WHERE id = $1", connection)
                .With(current.Id).WithTime(now);
            await study.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var close = new NpgsqlCommand(
            """
            UPDATE intake_event SET status = 'rejected', reasons = $2, next_attempt_at = NULL, finished_at = $3
            WHERE event_id = $1 AND status = 'received'
            """,
            connection).With(eventId).WithJson<Reason[]>([withdrawal.Reason]).WithTime(now);
        if (await close.ExecuteNonQueryAsync(cancellationToken) == 1)
        {
            await transaction.CommitAsync(cancellationToken);
        }
    }

    private static async Task<(string Id, int Version)> FindAsync(NpgsqlConnection connection, Guid eventId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT observation_id, observation_version FROM intake_event WHERE event_id = $1 AND observation_id IS NOT NULL", connection)
            .With(eventId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? (reader.GetString(0), reader.GetInt32(1))
            : throw new KeyNotFoundException("There is no such event with an Observation.");
    }
}
