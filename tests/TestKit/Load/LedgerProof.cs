using Npgsql;

namespace EcgIntegration.TestKit.Load;

/// <summary>
/// What must hold of a database once every event has come to its end, asked of the tables themselves: an operator can run
/// the same statements.
/// </summary>
public static class LedgerProof
{
    private const string Versions =
        "(SELECT type, id, version FROM resource UNION ALL SELECT type, id, version FROM resource_history)";

    private const string Results = "(SELECT DISTINCT unnest(results) AS reference FROM study)";

    /// <summary>Each names what breaks it; none of them gives a row where all is well.</summary>
    private static readonly (string Claim, string Sql)[] Claims =
    [
        ("no event is left received", "SELECT event_id::text FROM intake_event WHERE status = 'received'"),
        ("no study is left received", "SELECT id::text FROM study WHERE status = 'received'"),
        ("every outcome is known to be published", "SELECT event_id::text FROM intake_event WHERE published_at IS NULL"),
        ("every study belongs to an event",
            "SELECT id::text FROM study s WHERE NOT EXISTS (SELECT 1 FROM intake_event e WHERE e.study_id = s.id)"),
        ("every event ends as its study did, or with a reason of its own",
            "SELECT e.event_id::text FROM intake_event e JOIN study s ON s.id = e.study_id WHERE e.status <> s.status AND e.reasons IS NULL"),
        ("what a machine wrote belongs to a result",
            $"""
             SELECT type || '/' || id FROM resource
             WHERE source_system = '' AND type NOT IN ('Device', 'Provenance') AND type || '/' || id NOT IN {Results}
             """),
        ("every Provenance is a result's, or of one's withdrawal",
            $"""
             SELECT 'Provenance/' || id FROM resource r
             WHERE source_system = '' AND type = 'Provenance' AND 'Provenance/' || id NOT IN {Results}
               AND (jsonb_array_length(content -> 'target') = 0 OR EXISTS (
                 SELECT 1 FROM jsonb_array_elements(r.content -> 'target') AS target
                 WHERE split_part(target ->> 'reference', '/_history', 1) NOT IN {Results}))
             """),
        ("every resource of a result is stored",
            $"SELECT reference FROM {Results} AS result WHERE reference NOT IN (SELECT type || '/' || id FROM resource)"),
        ("an ECG with results has one current one",
            """
            SELECT observation_id FROM study WHERE cardinality(results) > 0
            GROUP BY observation_id HAVING count(*) FILTER (WHERE is_current) <> 1
            """),
        ("a result that is not current names its successor",
            "SELECT id::text FROM study WHERE cardinality(results) > 0 AND NOT is_current AND superseded_by IS NULL"),
        ("versions have no gap",
            $"SELECT type || '/' || id FROM {Versions} AS v GROUP BY type, id HAVING min(version) <> 1 OR max(version) <> count(*)"),
        ("every ECG has its waveform",
            """
            SELECT id FROM resource r WHERE source_system <> '' AND type = 'Observation'
              AND NOT EXISTS (SELECT 1 FROM waveform w WHERE (w.type, w.id, w.version) = (r.type, r.id, r.version))
            """),
    ];

    /// <summary>What does not hold, one sentence each; empty where all does.</summary>
    public static async Task<IReadOnlyList<string>> ViolationsAsync(string connectionString, CancellationToken cancellationToken)
    {
        // Hashed in memory: after a long run, results are compared with results by the hundred thousand.
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 600, Options = "-c work_mem=512MB" });
        var violations = new List<string>();
        foreach (var (claim, sql) in Claims)
        {
            await using var command = source.CreateCommand($"SELECT breaks, count(*) OVER () FROM ({sql}) AS found(breaks) LIMIT 3");
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var found = new List<string>();
            long count = 0;
            while (await reader.ReadAsync(cancellationToken))
            {
                found.Add(reader.GetString(0));
                count = reader.GetInt64(1);
            }

            if (count > 0)
            {
                violations.Add($"Not true that {claim}: {count} break it, such as {string.Join(", ", found)}.");
            }
        }

        return violations;
    }

    /// <summary>What the ledger says of every event.</summary>
    public static async Task<IReadOnlyDictionary<Guid, LedgerLine>> ReadAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(
            """
            SELECT e.event_id, e.status, e.study_id, e.observation_id, coalesce(s.is_current, false), e.attempts
            FROM intake_event e LEFT JOIN study s ON s.id = e.study_id
            """);
        var lines = new Dictionary<Guid, LedgerLine>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            lines.Add(reader.GetGuid(0), new(
                reader.GetString(1),
                reader.IsDBNull(2) ? null : reader.GetGuid(2),
                reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.GetBoolean(4),
                reader.GetInt32(5)));
        }

        return lines;
    }

    /// <summary>Events with a final status whose outcome is known to be published; 0 while the database is away.</summary>
    public static async Task<long> CountDoneAsync(string connectionString)
    {
        try
        {
            await using var source = NpgsqlDataSource.Create(connectionString + ";Timeout=5;Command Timeout=5");
            await using var command = source.CreateCommand("SELECT count(*) FROM intake_event WHERE status <> 'received' AND published_at IS NOT NULL");
            return (long)(await command.ExecuteScalarAsync())!;
        }
        catch (NpgsqlException)
        {
            return 0;
        }
    }
}

/// <summary>One event in the ledger.</summary>
/// <param name="Status">Its status.</param>
/// <param name="StudyId">Its study.</param>
/// <param name="ObservationId">Logical id of its ECG.</param>
/// <param name="IsCurrent">Its study is the ECG's current one.</param>
/// <param name="Attempts">Attempts begun.</param>
public sealed record LedgerLine(string Status, Guid? StudyId, string? ObservationId, bool IsCurrent, int Attempts);
