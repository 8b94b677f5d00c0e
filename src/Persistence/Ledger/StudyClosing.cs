using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Resources;
using Npgsql;

namespace EcgIntegration.Persistence.Ledger;

/// <summary>The transactions that bring an event or a study to its end; each on an open connection without a transaction.</summary>
internal static class StudyClosing
{
    private const int LongestSource = 200;

    /// <summary>Makes a study and its open events final, unless it is already.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="eventId">One of the study's events.</param>
    /// <param name="completion">The result.</param>
    /// <param name="resources">The result's resources, prepared, in the order of <paramref name="completion"/>.</param>
    /// <param name="now">The time of what is written.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task CompleteAsync(
        NpgsqlConnection connection,
        Guid eventId,
        StudyCompletion completion,
        IReadOnlyList<PreparedResource> resources,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (studyId, status) = await LockStudyAsync(connection, eventId, cancellationToken)
            ?? throw new KeyNotFoundException("There is no such event with a study.");
        if (status != StudyStatus.Received)
        {
            return;
        }

        await StoreAsync(connection, completion, resources, now, cancellationToken);
        await using var study = new NpgsqlCommand(
            """
            UPDATE study SET status = $2, urgency = $3, reasons = $4, suggestions = $5, report_id = $6, execution = $7, finished_at = $8
            WHERE id = $1
            """,
            connection)
            .With(studyId).With(WireName.Of(completion.Status))
            .WithText(completion.Urgency is { } urgency ? WireName.Of(urgency) : null)
            .WithJson(completion.Reasons).WithJson(completion.Suggestions)
            .WithText(completion.ReportId).WithJson(completion.Execution).WithTime(now);
        await study.ExecuteNonQueryAsync(cancellationToken);
        await using var events = new NpgsqlCommand(
            """
            UPDATE intake_event SET status = $2, reasons = NULL, next_attempt_at = NULL, finished_at = $3
            WHERE study_id = $1 AND status = 'received'
            """,
            connection).With(studyId).With(WireName.Of(completion.Status)).WithTime(now);
        await events.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Makes an event final as failed, and its study with it where no other event keeps that open.</summary>
    public static async Task FailAsync(
        NpgsqlConnection connection, Guid eventId, Reason reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var study = await LockStudyAsync(connection, eventId, cancellationToken);
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
                connection).With(study.Value.Id).WithJson<Reason[]>([reason]).WithTime(now);
            await closeStudy.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Records a rejected event, unless the event is recorded already.</summary>
    public static async Task RejectAsync(
        NpgsqlConnection connection, RejectedEvent rejected, RejectedBody body, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            WITH recorded AS (
              INSERT INTO intake_event (event_id, source_system, priority, occurred_at, received_at, status, reasons, attempts, finished_at)
              VALUES ($1, $2, $3, $4, $5, 'rejected', $6, 1, $7)
              ON CONFLICT (event_id) DO NOTHING
              RETURNING event_id)
            INSERT INTO rejected_input (event_id, sha256, length, body) SELECT event_id, $8, $9, $10 FROM recorded
            """,
            connection)
            .With(rejected.EventId).With(Storable.Text(rejected.SourceSystem, LongestSource)).With(WireName.Of(rejected.Priority))
            .WithTime(rejected.OccurredAt).WithTime(rejected.ReceivedAt).WithJson(rejected.Reasons).WithTime(now)
            .With(body.Sha256).With(body.Length).With(body.Compressed);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<(Guid Id, StudyStatus Status)?> LockStudyAsync(
        NpgsqlConnection connection, Guid eventId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT id, status FROM study WHERE id = (SELECT study_id FROM intake_event WHERE event_id = $1) FOR UPDATE", connection)
            .With(eventId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetGuid(0), LedgerRows.Name<StudyStatus>(reader, 1)) : null;
    }

    /// <summary>A result whose id exists is either shared by design, or another state of the same resource.</summary>
    private static async Task StoreAsync(
        NpgsqlConnection connection,
        StudyCompletion completion,
        IReadOnlyList<PreparedResource> resources,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var kept = completion.Resources.Where(resource => resource.KeepExisting).Select(resource => (resource.Type, resource.Id)).ToHashSet();
        // In one order everywhere: studies that share a resource, such as their model's Device, wait in one direction.
        var writes = completion.Resources
            .Zip(resources, (resource, prepared) => new ResourceWrite(prepared, resource.Id, SourceSystem: "", now))
            .OrderBy(write => write.Resource.Type, StringComparer.Ordinal).ThenBy(write => write.Id, StringComparer.Ordinal)
            .ToList();
        foreach (var held in await ResourceWriter.InsertAsync(connection, writes, cancellationToken))
        {
            if (kept.Contains((held.Resource.Type, held.Id)))
            {
                continue;
            }

            var holder = await ResourceWriter.LockAsync(connection, held.Resource.Type, held.Id, cancellationToken);
            if (holder?.HasContent(held.Resource) != true)
            {
                await ResourceWriter.UpdateAsync(connection, held, cancellationToken);
            }
        }
    }
}
