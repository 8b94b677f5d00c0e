using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using Npgsql;

namespace EcgIntegration.Persistence.Replay;

/// <summary>Reads replays and their ECGs.</summary>
internal static class ReplayRows
{
    /// <summary>Selects replays as <c>j</c>; a WHERE clause follows.</summary>
    public const string SelectJob =
        """
        SELECT j.id, j.key, j.selection::text, coalesce(j.model_sha256, j.requested_model), j.dry_run, j.why, j.requested_by, j.per_minute,
               j.state, j.submitted_at, j.started_at, j.finished_at, j.total,
               c.waiting, c.queued, c.unchanged, c.changed, c.failed, c.not_replayable, c.written, c.became_urgent, c.ceased_urgent
        FROM replay_job j CROSS JOIN LATERAL (
          SELECT count(*) FILTER (WHERE i.state = 'waiting') AS waiting,
                 count(*) FILTER (WHERE i.state = 'queued') AS queued,
                 count(*) FILTER (WHERE i.result = 'unchanged') AS unchanged,
                 count(*) FILTER (WHERE i.result = 'changed') AS changed,
                 count(*) FILTER (WHERE i.result = 'failed') AS failed,
                 count(*) FILTER (WHERE i.result = 'notReplayable') AS not_replayable,
                 count(*) FILTER (WHERE i.written) AS written,
                 count(*) FILTER (WHERE i.result = 'changed' AND coalesce(i.after_urgency IN ('urgent', 'critical'), false)
                                    AND NOT coalesce(i.before_urgency IN ('urgent', 'critical'), false)) AS became_urgent,
                 count(*) FILTER (WHERE i.result = 'changed' AND coalesce(i.before_urgency IN ('urgent', 'critical'), false)
                                    AND NOT coalesce(i.after_urgency IN ('urgent', 'critical'), false)) AS ceased_urgent
          FROM replay_item i WHERE i.job_id = j.id) c
        """;

    /// <summary>Selects ECGs of replays as <c>i</c>; a WHERE clause follows.</summary>
    public const string SelectLine =
        """
        SELECT i.ordinal, i.source_event_id, i.event_id, i.observation_id, i.state, i.result,
               i.before_status, i.before_urgency, i.before_codes, i.after_status, i.after_urgency, i.after_codes,
               i.after_study_id, i.written, i.reason, i.done_at, place.of_group, place.of_rank
        FROM replay_item i CROSS JOIN LATERAL (
          SELECT CASE
                WHEN i.result = 'changed' AND coalesce(i.after_urgency IN ('urgent', 'critical'), false)
                 AND NOT coalesce(i.before_urgency IN ('urgent', 'critical'), false) THEN 0
                WHEN i.result = 'changed' AND coalesce(i.before_urgency IN ('urgent', 'critical'), false)
                 AND NOT coalesce(i.after_urgency IN ('urgent', 'critical'), false) THEN 1
                WHEN i.result = 'changed' THEN 2
                WHEN i.result = 'failed' THEN 3
                WHEN i.result = 'notReplayable' THEN 4
                ELSE 5 END AS of_group,
              CASE WHEN i.after_urgency = 'critical' THEN 0 ELSE 1 END AS of_rank) place
        """;

    /// <summary>Reads a row of <see cref="SelectJob"/>.</summary>
    public static ReplayJob Job(NpgsqlDataReader reader) => new(
        reader.GetGuid(0),
        reader.GetString(1),
        (JsonSerializer.Deserialize<ReplaySelection>(reader.GetString(2), ContractJson.Compact) ?? new()).Describe(),
        reader.IsDBNull(3) ? null : reader.GetString(3),
        reader.GetBoolean(4),
        reader.GetString(5),
        reader.GetString(6),
        reader.IsDBNull(7) ? null : reader.GetInt32(7),
        LedgerRows.Name<ReplayState>(reader, 8),
        new ReplayCounts(
            reader.GetInt32(12), Count(reader, 13), Count(reader, 14), Count(reader, 15), Count(reader, 16), Count(reader, 17),
            Count(reader, 18), Count(reader, 19), Count(reader, 20), Count(reader, 21)),
        reader.GetFieldValue<DateTimeOffset>(9),
        Moment(reader, 10),
        Moment(reader, 11));

    /// <summary>Reads a row of <see cref="SelectLine"/>.</summary>
    public static ReplayLine Line(NpgsqlDataReader reader) => new(
        reader.GetInt32(0),
        reader.GetGuid(1),
        reader.GetGuid(2),
        reader.IsDBNull(3) ? null : "Observation/" + reader.GetString(3),
        reader.GetString(4),
        reader.IsDBNull(5)
            ? null
            : new ReplayFinding(
                LedgerRows.Name<ReplayResult>(reader, 5),
                Side(reader, 6),
                Side(reader, 9),
                reader.IsDBNull(12) ? null : reader.GetGuid(12),
                reader.GetBoolean(13),
                reader.IsDBNull(14) ? null : JsonSerializer.Deserialize<Reason>(reader.GetFieldValue<byte[]>(14), ContractJson.Compact)),
        Moment(reader, 15))
    {
        Place = new(reader.GetInt32(16), reader.GetInt32(17), reader.GetInt32(0)),
    };

    /// <summary>Reads status, urgency and codes from three columns.</summary>
    public static ReplaySide? Side(NpgsqlDataReader reader, int column) => reader.IsDBNull(column)
        ? null
        : new ReplaySide(
            LedgerRows.Name<StudyStatus>(reader, column),
            reader.IsDBNull(column + 1) ? null : LedgerRows.Name<Urgency>(reader, column + 1),
            reader.GetFieldValue<string[]>(column + 2));

    /// <summary>All rows of a command.</summary>
    public static async Task<IReadOnlyList<T>> ListAsync<T>(
        NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static DateTimeOffset? Moment(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    private static int Count(NpgsqlDataReader reader, int column) => (int)reader.GetInt64(column);
}
