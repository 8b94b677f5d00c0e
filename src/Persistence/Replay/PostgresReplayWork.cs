using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using Npgsql;

namespace EcgIntegration.Persistence.Replay;

/// <inheritdoc cref="IReplayWork"/>
internal sealed class PostgresReplayWork(NpgsqlDataSource database, TimeProvider time) : IReplayWork
{
    public async Task<IReadOnlyList<ReplayTicket>> HandOutAsync(ReplayLimits limits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(limits);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var tickets = new List<ReplayTicket>();
        await using var running = new NpgsqlCommand(
            """
            SELECT id FROM replay_job j
            WHERE state = 'running' AND EXISTS (SELECT 1 FROM replay_item i WHERE i.job_id = j.id AND i.state <> 'done')
            ORDER BY submitted_at, id
            """,
            connection);
        var jobs = await ReplayRows.ListAsync(running, r => r.GetGuid(0), cancellationToken);
        foreach (var job in jobs)
        {
            tickets.AddRange(await new ReplayHandout(connection, job, limits, jobs.Count, time.GetUtcNow()).RunAsync(cancellationToken));
        }

        return tickets;
    }

    public async Task<ReplayItem?> BeginAsync(ReplayTicket ticket, TimeSpan lease, int mostAttempts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        await using var command = database.CreateCommand(
            """
            UPDATE replay_item i SET leased_until = $3, attempts = i.attempts + 1
            FROM replay_job j
            WHERE i.job_id = $1 AND i.ordinal = $2 AND i.state = 'queued' AND i.attempts < $4 AND j.id = i.job_id AND j.state = 'running'
            RETURNING i.event_id, i.source_event_id, i.observation_id, j.model_sha256, j.dry_run, i.attempts,
                      i.before_status, i.before_urgency, i.before_codes
            """).With(ticket.JobId).With(ticket.Ordinal).WithTime(time.GetUtcNow() + lease).With(mostAttempts);
        return (await ReplayRows.ListAsync(
            command,
            r => new ReplayItem(
                ticket.JobId, ticket.Ordinal, r.GetGuid(0), r.GetGuid(1), r.IsDBNull(2) ? null : r.GetString(2),
                r.GetString(3), r.GetBoolean(4), r.GetInt32(5), ReplayRows.Side(r, 6)),
            cancellationToken)).SingleOrDefault();
    }

    public async Task FinishAsync(ReplayTicket ticket, ReplayFinding finding, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        ArgumentNullException.ThrowIfNull(finding);
        await using var command = database.CreateCommand(
            """
            UPDATE replay_item
            SET state = 'done', leased_until = NULL, done_at = $3, result = $4, reason = $5, after_study_id = $6, written = $7,
                before_status = $8, before_urgency = $9, before_codes = $10, after_status = $11, after_urgency = $12, after_codes = $13
            WHERE job_id = $1 AND ordinal = $2 AND state <> 'done'
            """)
            .With(ticket.JobId).With(ticket.Ordinal).WithTime(time.GetUtcNow()).With(WireName.Of(finding.Result))
            .WithJson(finding.Reason).With(finding.StudyId).With(finding.Written);
        WithSide(command, finding.Before);
        WithSide(command, finding.After);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task NoteBeforeAsync(ReplayTicket ticket, ReplaySide before, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        ArgumentNullException.ThrowIfNull(before);
        await using var command = database.CreateCommand(
            """
            UPDATE replay_item SET before_status = $3, before_urgency = $4, before_codes = $5
            WHERE job_id = $1 AND ordinal = $2 AND state <> 'done' AND before_status IS NULL
            """).With(ticket.JobId).With(ticket.Ordinal);
        WithSide(command, before);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task DeferAsync(ReplayTicket ticket, DateTimeOffset until, bool takesBack, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        await using var command = database.CreateCommand(
            """
            UPDATE replay_item SET state = 'waiting', leased_until = NULL, due_at = $3, attempts = greatest(attempts - $4, 0)
            WHERE job_id = $1 AND ordinal = $2 AND state = 'queued'
            """)
            .With(ticket.JobId).With(ticket.Ordinal).WithTime(until).With(takesBack ? 1 : 0);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public Task<ShownStudy?> ShownAsync(string observationId, CancellationToken cancellationToken) =>
        ShownStudies.FindAsync(database, observationId, cancellationToken);

    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            UPDATE replay_job SET state = 'completed', finished_at = $1
            WHERE state = 'running' AND NOT EXISTS (SELECT 1 FROM replay_item i WHERE i.job_id = replay_job.id AND i.state <> 'done')
            """).WithTime(time.GetUtcNow());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<ReplayLeftover>> LeftoversAsync(CancellationToken cancellationToken)
    {
        await using (var giveBack = database.CreateCommand(
            """
            UPDATE replay_item i SET state = 'waiting', leased_until = NULL
            FROM replay_job j
            WHERE i.job_id = j.id AND i.state = 'queued' AND i.leased_until <= $1 AND j.state IN ('paused', 'cancelled')
            """).WithTime(time.GetUtcNow()))
        {
            await giveBack.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var command = database.CreateCommand(
            """
            SELECT i.job_id, i.ordinal, i.event_id, i.before_status, i.before_urgency, i.before_codes
            FROM replay_job j JOIN replay_item i ON i.job_id = j.id AND i.state = 'waiting' AND i.before_status IS NOT NULL
            JOIN intake_event e ON e.event_id = i.event_id AND e.status <> 'received'
            WHERE j.published_at IS NULL AND j.state = 'cancelled'
            ORDER BY i.job_id, i.ordinal LIMIT 64
            """);
        return await ReplayRows.ListAsync(
            command, r => new ReplayLeftover(new(r.GetGuid(0), r.GetInt32(1)), r.GetGuid(2), ReplayRows.Side(r, 3)!), cancellationToken);
    }

    public async Task<IReadOnlyList<ReplayJob>> UnpublishedAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            {ReplayRows.SelectJob} WHERE j.published_at IS NULL AND (j.state = 'completed' OR j.state = 'cancelled' AND NOT EXISTS (
              SELECT 1 FROM replay_item i
              WHERE i.job_id = j.id AND i.state <> 'done'
                AND (i.leased_until > $1 OR i.before_status IS NOT NULL AND EXISTS (SELECT 1 FROM intake_event e WHERE e.event_id = i.event_id))))
            ORDER BY j.finished_at LIMIT 16
            """).WithTime(time.GetUtcNow());
        return await ReplayRows.ListAsync(command, ReplayRows.Job, cancellationToken);
    }

    public async Task MarkPublishedAsync(Guid jobId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE replay_job SET published_at = $2 WHERE id = $1 AND published_at IS NULL")
            .With(jobId).WithTime(time.GetUtcNow());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task RefuseAsync(ReplayRefusal refusal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        await using var command = database.CreateCommand(
            "INSERT INTO replay_refusal (event_id, key, reasons, refused_at) VALUES ($1, $2, $3, $4) ON CONFLICT (event_id) DO NOTHING")
            .With(refusal.EventId).With(refusal.Key).WithJson(refusal.Reasons).WithTime(refusal.RefusedAt);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<ReplayRefusal>> UnansweredAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "SELECT event_id, key, reasons, refused_at FROM replay_refusal WHERE published_at IS NULL ORDER BY refused_at LIMIT 64");
        return await ReplayRows.ListAsync(
            command,
            r => new ReplayRefusal(
                r.GetGuid(0),
                r.GetString(1),
                JsonSerializer.Deserialize<IReadOnlyList<Reason>>(r.GetFieldValue<byte[]>(2), ContractJson.Compact) ?? [],
                r.GetFieldValue<DateTimeOffset>(3)),
            cancellationToken);
    }

    public async Task MarkAnsweredAsync(Guid eventId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE replay_refusal SET published_at = $2 WHERE event_id = $1 AND published_at IS NULL")
            .With(eventId).WithTime(time.GetUtcNow());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void WithSide(NpgsqlCommand command, ReplaySide? side) => command
        .WithText(side is null ? null : WireName.Of(side.Status))
        .WithText(side?.Urgency is { } urgency ? WireName.Of(urgency) : null)
        .With(side is null ? null : side.Codes.ToArray());
}
