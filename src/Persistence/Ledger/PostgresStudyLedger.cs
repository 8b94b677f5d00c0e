using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Persistence.Resources;
using Microsoft.Extensions.Options;
using Npgsql;

namespace EcgIntegration.Persistence.Ledger;

/// <inheritdoc cref="IStudyLedger"/>
internal sealed class PostgresStudyLedger(NpgsqlDataSource database, IOptions<DatabaseOptions> options, TimeProvider time) : IStudyLedger
{
    public async Task<Reception> ReceiveAsync(NewStudy study, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(study);
        if (await FindAsync(study.EventId, cancellationToken) is { } known)
        {
            return new Reception(known, ReceptionKind.Repeated);
        }

        using var resource = study.StoredObservationId is null ? PreparedResource.From("Observation", study.Observation) : null;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var kind = await new StudyReception(connection, study, resource, time.GetUtcNow()).RunAsync(cancellationToken);
        return new Reception(await GetAsync(connection, study.EventId, cancellationToken), kind ?? ReceptionKind.Repeated);
    }

    public async Task<LedgerEntry> RejectAsync(RejectedEvent rejected, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rejected);
        if (rejected.Reasons.Count == 0)
        {
            throw new ArgumentException("A rejection needs a reason.", nameof(rejected));
        }

        var body = RejectedBody.From(rejected.Body.Span, options.Value.RejectedBodyLimit);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await StudyClosing.RejectAsync(connection, rejected, body, time.GetUtcNow(), cancellationToken);
        return await GetAsync(connection, rejected.EventId, cancellationToken);
    }

    public async Task<LedgerEntry> CompleteAsync(Guid eventId, StudyCompletion completion, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(completion);
        if (completion.Status is StudyStatus.Received or StudyStatus.Failed)
        {
            throw new ArgumentException("A study is completed with a result; a failure is reported as such.", nameof(completion));
        }

        var resources = new List<PreparedResource>(completion.Resources.Count);
        try
        {
            resources.AddRange(completion.Resources.Select(resource => PreparedResource.From(resource.Type, resource.Json)));
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await StudyClosing.CompleteAsync(connection, eventId, completion, resources, time.GetUtcNow(), cancellationToken);
            return await GetAsync(connection, eventId, cancellationToken);
        }
        finally
        {
            resources.ForEach(resource => resource.Dispose());
        }
    }

    public async Task PostponeAsync(Guid eventId, Reason reason, DateTimeOffset nextAttempt, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "UPDATE intake_event SET next_attempt_at = $2, reasons = $3 WHERE event_id = $1 AND status = 'received'")
            .With(eventId).WithTime(nextAttempt).WithJson<Reason[]>([reason]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<LedgerEntry> FailAsync(Guid eventId, Reason reason, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await StudyClosing.FailAsync(connection, eventId, reason, time.GetUtcNow(), cancellationToken);
        return await GetAsync(connection, eventId, cancellationToken);
    }

    public async Task<LedgerEntry?> FindAsync(Guid eventId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"{LedgerRows.Select} WHERE e.event_id = $1").With(eventId);
        return await LedgerRows.OneAsync(command, cancellationToken);
    }

    public async Task<LedgerEntry?> FindByStudyAsync(Guid studyId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"{LedgerRows.Select} WHERE e.study_id = $1 ORDER BY e.received_at DESC, e.event_id DESC LIMIT 1").With(studyId);
        return await LedgerRows.OneAsync(command, cancellationToken);
    }

    public async Task<IReadOnlyList<LedgerEntry>> LeaseDueAsync(int limit, TimeSpan lease, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var command = database.CreateCommand(
            $"""
            WITH due AS (
              SELECT event_id FROM intake_event
              WHERE status = 'received' AND next_attempt_at <= $1
              ORDER BY priority = 'stat' DESC, next_attempt_at
              LIMIT $2
              FOR UPDATE SKIP LOCKED),
            e AS (
              UPDATE intake_event SET next_attempt_at = $3, attempts = attempts + 1
              FROM due WHERE intake_event.event_id = due.event_id
              RETURNING intake_event.*)
            SELECT {LedgerRows.Columns} FROM e {LedgerRows.JoinStudy}
            ORDER BY e.priority = 'stat' DESC, e.received_at, e.event_id
            """).WithTime(now).With(limit).WithTime(now + lease);
        return await LedgerRows.ListAsync(command, cancellationToken);
    }

    public async Task<IReadOnlyList<LedgerEntry>> UnpublishedAsync(int limit, TimeSpan olderThan, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            {LedgerRows.Select}
            WHERE e.published_at IS NULL AND e.status <> 'received' AND e.finished_at <= $1
            ORDER BY e.finished_at LIMIT $2
            """).WithTime(time.GetUtcNow() - olderThan).With(limit);
        return await LedgerRows.ListAsync(command, cancellationToken);
    }

    public async Task MarkPublishedAsync(Guid eventId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "UPDATE intake_event SET published_at = $2 WHERE event_id = $1 AND status <> 'received' AND published_at IS NULL")
            .With(eventId).WithTime(time.GetUtcNow());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<LedgerEntry>> RecentAsync(int limit, LedgerCursor? after, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            {LedgerRows.Select}
            WHERE $2::timestamptz IS NULL OR (e.received_at, e.event_id) < ($2, $3)
            ORDER BY e.received_at DESC, e.event_id DESC LIMIT $1
            """).With(limit).WithTime(after?.ReceivedAt).With(after?.EventId);
        return await LedgerRows.ListAsync(command, cancellationToken);
    }

    public async Task<IReadOnlyList<LedgerEntry>> UrgentAsync(DateTimeOffset since, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            {LedgerRows.Select}
            WHERE e.received_at >= $1 AND e.status = s.status AND s.urgency IN ('critical', 'urgent')
              AND NOT EXISTS (
                SELECT 1 FROM intake_event later
                WHERE later.study_id = e.study_id AND later.status = e.status AND (later.received_at, later.event_id) > (e.received_at, e.event_id))
            ORDER BY s.urgency = 'critical' DESC, e.received_at DESC, e.event_id DESC LIMIT $2
            """).WithTime(since).With(limit);
        return await LedgerRows.ListAsync(command, cancellationToken);
    }

    public async Task<IReadOnlyList<LedgerCount>> CountAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT e.status, CASE WHEN e.status = s.status THEN s.urgency END AS urgency, count(*)
            FROM intake_event e LEFT JOIN study s ON s.id = e.study_id
            WHERE e.received_at >= $1
            GROUP BY 1, 2 ORDER BY 1, 2
            """).WithTime(since);
        var counts = new List<LedgerCount>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            counts.Add(new LedgerCount(
                LedgerRows.Name<StudyStatus>(reader, 0),
                reader.IsDBNull(1) ? null : LedgerRows.Name<Urgency>(reader, 1),
                reader.GetInt64(2)));
        }

        return counts;
    }

    private static async Task<LedgerEntry> GetAsync(NpgsqlConnection connection, Guid eventId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"{LedgerRows.Select} WHERE e.event_id = $1", connection).With(eventId);
        return await LedgerRows.OneAsync(command, cancellationToken) ?? throw new KeyNotFoundException("There is no such event.");
    }
}
