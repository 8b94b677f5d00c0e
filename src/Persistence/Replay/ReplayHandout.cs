using EcgIntegration.Persistence.Ledger;
using Npgsql;

namespace EcgIntegration.Persistence.Replay;

/// <summary>
/// The transaction that hands out ECGs of one replay. It holds the replay's row, so that of several workers one at a time
/// reckons its rate; another one passes it by.
/// </summary>
/// <param name="connection">An open connection without a transaction.</param>
/// <param name="jobId">The replay.</param>
/// <param name="limits">What may be taken.</param>
/// <param name="running">How many replays share it, this one included.</param>
/// <param name="now">The time.</param>
internal sealed class ReplayHandout(NpgsqlConnection connection, Guid jobId, ReplayLimits limits, int running, DateTimeOffset now)
{
    /// <summary>How far a replay that was slower than its rate may catch up.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Replays share the room evenly, and one alone leaves half of it free: what begins while a long one runs is handed out at
    /// once, and has no more than that before it on the queue.
    /// </summary>
    private int Share => Math.Max(1, (limits.InFlight + 1) / Math.Max(2, running));

    /// <summary>Runs it.</summary>
    public async Task<IReadOnlyList<ReplayTicket>> RunAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await HoldAsync(cancellationToken) is not { } pace)
        {
            return [];
        }

        await GiveUpAsync(cancellationToken);
        var (all, own) = await InFlightAsync(cancellationToken);
        var room = Math.Min(Math.Min(limits.InFlight - all, Share - own), pace.Allowed(now));
        var tickets = room > 0 ? await LeaseAsync(room, cancellationToken) : [];
        if (tickets.Count > 0)
        {
            await NoteAsync(pace.After(now, tickets.Count), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return tickets;
    }

    private async Task<Pace?> HoldAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT per_minute, paced_until FROM replay_job WHERE id = $1 AND state = 'running' FOR UPDATE SKIP LOCKED", connection).With(jobId);
        return (await ReplayRows.ListAsync(
            command,
            r => new Pace(r.IsDBNull(0) ? null : r.GetInt32(0), r.IsDBNull(1) ? null : r.GetFieldValue<DateTimeOffset>(1)),
            cancellationToken)).SingleOrDefault();
    }

    private async Task GiveUpAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            UPDATE replay_item SET state = 'done', leased_until = NULL, result = 'failed', reason = $3, done_at = $2
            WHERE job_id = $1 AND state = 'queued' AND leased_until <= $2 AND attempts >= $4
            """,
            connection).With(jobId).WithTime(now).WithJson(limits.AttemptsUsedUp).With(limits.MostAttempts);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>What is still queued of a cancelled or paused replay is passed by when it comes up, so it takes no room.</summary>
    private async Task<(int All, int Own)> InFlightAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT count(*)::int, (count(*) FILTER (WHERE i.job_id = $2))::int
            FROM replay_item i JOIN replay_job j ON j.id = i.job_id
            WHERE i.state = 'queued' AND i.leased_until > $1 AND j.state = 'running'
            """,
            connection).WithTime(now).With(jobId);
        return (await ReplayRows.ListAsync(command, r => (r.GetInt32(0), r.GetInt32(1)), cancellationToken)).Single();
    }

    private async Task<IReadOnlyList<ReplayTicket>> LeaseAsync(int room, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            WITH next AS (
              SELECT ordinal FROM replay_item
              WHERE job_id = $1 AND state <> 'done' AND (state = 'waiting' AND coalesce(due_at <= $2, true) OR leased_until <= $2)
              ORDER BY ordinal LIMIT $3
              FOR UPDATE SKIP LOCKED)
            UPDATE replay_item i SET state = 'queued', leased_until = $4, due_at = NULL
            FROM next WHERE i.job_id = $1 AND i.ordinal = next.ordinal
            RETURNING i.ordinal
            """,
            connection).With(jobId).WithTime(now).With(room).WithTime(now + limits.Lease);
        var ordinals = await ReplayRows.ListAsync(command, r => r.GetInt32(0), cancellationToken);
        return [.. ordinals.Order().Select(ordinal => new ReplayTicket(jobId, ordinal))];
    }

    private async Task NoteAsync(DateTimeOffset? pacedUntil, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            UPDATE replay_job
            SET paced_until = $2, started_at = coalesce(started_at, $3), model_sha256 = coalesce(model_sha256, requested_model, $4)
            WHERE id = $1
            """,
            connection).With(jobId).WithTime(pacedUntil).WithTime(now).With(limits.ActiveModelSha256);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The rate of a replay: each ECG is due one interval after the one before.</summary>
    private sealed record Pace(int? PerMinute, DateTimeOffset? Until)
    {
        public int Allowed(DateTimeOffset now) => PerMinute is { } perMinute
            ? Math.Max(0, (int)(((now - From(now)).TotalMinutes * perMinute) + 1e-6))
            : int.MaxValue;

        public DateTimeOffset? After(DateTimeOffset now, int taken) => PerMinute is { } perMinute
            ? From(now) + TimeSpan.FromMinutes((double)taken / perMinute)
            : null;

        /// <summary>The first ECG of all is due at once.</summary>
        private DateTimeOffset From(DateTimeOffset now)
        {
            var interval = TimeSpan.FromMinutes(1.0 / PerMinute!.Value);
            var earliest = now - (interval > Burst ? interval : Burst);
            return Until is { } until && until > earliest ? until : Until is null ? now - interval : earliest;
        }
    }
}
