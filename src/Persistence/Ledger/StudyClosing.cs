using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using Npgsql;

namespace EcgIntegration.Persistence.Ledger;

/// <summary>The transactions that bring an event to its end without a result; each on an open connection without a transaction.</summary>
internal static class StudyClosing
{
    private const int LongestSource = 200;

    /// <summary>Makes an event final as failed, and its study with it where no other event keeps that open.</summary>
    public static async Task FailAsync(
        NpgsqlConnection connection, Guid eventId, Reason reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var study = await StudyLock.OfEventAsync(connection, eventId, cancellationToken);
        await using var close = new NpgsqlCommand(
            """
            UPDATE intake_event SET status = 'failed', reasons = $2, next_attempt_at = NULL, finished_at = $3
            WHERE event_id = $1 AND status = 'received'
            """,
            connection).With(eventId).WithJson<Reason[]>([reason]).WithTime(now);
        await close.ExecuteNonQueryAsync(cancellationToken);
        if (study is { Status: StudyStatus.Received })
        {
            await using var closeStudy = new NpgsqlCommand(
                """
                UPDATE study SET status = 'failed', reasons = $2, finished_at = $3
                WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM intake_event WHERE study_id = $1 AND status = 'received')
                """,
                connection).With(study.Id).WithJson<Reason[]>([reason]).WithTime(now);
            await closeStudy.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Records an event as received with its body, unless the event is recorded already.</summary>
    public static async Task KeepUnreadAsync(
        NpgsqlConnection connection, RejectedEvent unread, RejectedBody body, DateTimeOffset nextAttempt, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            WITH recorded AS (
              INSERT INTO intake_event (event_id, source_system, priority, occurred_at, received_at, status, reasons, attempts, next_attempt_at)
              VALUES ($1, $2, $3, $4, $5, 'received', $6, 1, $7)
              ON CONFLICT (event_id) DO NOTHING
              RETURNING event_id)
            INSERT INTO rejected_input (event_id, sha256, length, body) SELECT event_id, $8, $9, $10 FROM recorded
            """,
            connection)
            .With(unread.EventId).With(Storable.Text(unread.SourceSystem, LongestSource)).With(WireName.Of(unread.Priority))
            .WithTime(unread.OccurredAt).WithTime(unread.ReceivedAt).WithJson(unread.Reasons).WithTime(nextAttempt)
            .With(body.Sha256).With(body.Length).With(body.Compressed);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Records a rejected event, unless the event is recorded already; one that was kept unread is rejected after all.</summary>
    public static async Task RejectAsync(
        NpgsqlConnection connection, RejectedEvent rejected, RejectedBody body, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var unread = new NpgsqlCommand(
            """
            UPDATE intake_event SET status = 'rejected', reasons = $2, next_attempt_at = NULL, finished_at = $3
            WHERE event_id = $1 AND status = 'received' AND study_id IS NULL AND observation_id IS NULL
              AND EXISTS (SELECT 1 FROM rejected_input WHERE event_id = $1 AND sha256 = $4)
            """,
            connection).With(rejected.EventId).WithJson(rejected.Reasons).WithTime(now).With(body.Sha256);
        if (await unread.ExecuteNonQueryAsync(cancellationToken) == 1)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            """
            WITH recorded AS (
              INSERT INTO intake_event (event_id, source_system, priority, occurred_at, received_at, status, reasons, attempts, finished_at, notice_owed)
              VALUES ($1, $2, $3, $4, $5, 'rejected', $6, 1, $7, $11)
              ON CONFLICT (event_id) DO NOTHING
              RETURNING event_id)
            INSERT INTO rejected_input (event_id, sha256, length, body) SELECT event_id, $8, $9, $10 FROM recorded
            """,
            connection)
            .With(rejected.EventId).With(Storable.Text(rejected.SourceSystem, LongestSource)).With(WireName.Of(rejected.Priority))
            .WithTime(rejected.OccurredAt).WithTime(rejected.ReceivedAt).WithJson(rejected.Reasons).WithTime(now)
            .With(body.Sha256).With(body.Length).With(body.Compressed).With(rejected.OwesNotice);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
