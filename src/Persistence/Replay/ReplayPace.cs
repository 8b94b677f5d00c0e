using EcgIntegration.Persistence.Ledger;
using Npgsql;

namespace EcgIntegration.Persistence.Replay;

/// <summary>
/// How fast replays are here: what the last one without a rate of its own reached with ECGs that a model has read. What is refused
/// at once takes no time, and between two ECGs that lie far apart the replay was paused, or no worker ran.
/// </summary>
internal static class ReplayPace
{
    /// <summary>Longest time between two ECGs of a replay that goes on.</summary>
    private const double LongestGapSeconds = 10;

    /// <summary>Fewer tell nothing.</summary>
    private const int FewestGaps = 9;

    /// <summary>ECGs a minute, or <see langword="null"/> where no replay was long enough to tell.</summary>
    public static async Task<double?> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT p.gaps * 60.0 / p.seconds
            FROM (SELECT id, submitted_at FROM replay_job WHERE per_minute IS NULL ORDER BY submitted_at DESC LIMIT 20) j
            CROSS JOIN LATERAL (
              SELECT count(*) AS gaps, sum(gap) AS seconds
              FROM (
                SELECT extract(epoch FROM done_at - lag(done_at) OVER (ORDER BY done_at))::float8 AS gap
                FROM (
                  SELECT done_at FROM replay_item i
                  WHERE i.job_id = j.id AND i.state = 'done' AND i.after_status IN ('classified', 'uncertain')
                  ORDER BY ordinal DESC LIMIT 1000) last) between_two
              WHERE gap <= $1) p
            WHERE p.gaps >= $2 AND p.seconds > 0
            ORDER BY j.submitted_at DESC LIMIT 1
            """,
            connection).With(LongestGapSeconds).With(FewestGaps);
        return await command.ExecuteScalarAsync(cancellationToken) as double?;
    }
}
