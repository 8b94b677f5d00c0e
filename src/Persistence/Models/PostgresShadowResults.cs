using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Persistence.Ledger;
using Npgsql;

namespace EcgIntegration.Persistence.Models;

/// <inheritdoc cref="IShadowResults"/>
internal sealed class PostgresShadowResults(NpgsqlDataSource database, TimeProvider time) : IShadowResults
{
    /// <summary>Any number does that nothing else on the database uses.</summary>
    private const long LeadLock = 4_912_650_020;

    private const string Unread =
        """
        FROM study s
        WHERE s.finished_at >= $2 AND s.status IN ('classified', 'uncertain', 'unanalysable') AND s.model_sha256 <> $1
          AND s.withdrawn_at IS NULL
          AND NOT EXISTS (SELECT 1 FROM shadow_result r WHERE r.model_sha256 = $1 AND r.study_id = s.id)
        """;

    // A stat event may have joined after the shadow had read the ECG: what is undecided is then urgent for both.
    private const string Compared =
        """
        WITH compared AS (
          SELECT s.id, s.observation_id, s.finished_at, s.model_sha256,
                 s.status, s.urgency, ARRAY(SELECT code FROM jsonb_to_recordset(coalesce(s.suggestions, '[]')) AS x(code text) ORDER BY code COLLATE "C") AS codes,
                 r.status AS shadow_status,
                 CASE WHEN s.priority = 'stat' AND r.status IN ('uncertain', 'unanalysable') AND r.urgency IN ('routine', 'review')
                      THEN 'urgent' ELSE r.urgency END AS shadow_urgency,
                 ARRAY(SELECT code FROM jsonb_to_recordset(r.suggestions) AS x(code text) ORDER BY code COLLATE "C") AS shadow_codes
          FROM shadow_result r JOIN study s ON s.id = r.study_id
          WHERE r.model_sha256 = $1 AND ($2::timestamptz IS NULL OR s.finished_at >= $2) AND s.withdrawn_at IS NULL),
        judged AS (
          SELECT *,
                 status IS DISTINCT FROM shadow_status OR urgency IS DISTINCT FROM shadow_urgency OR codes <> shadow_codes AS differs,
                 coalesce(urgency IN ('urgent', 'critical'), false) AS is_urgent,
                 coalesce(shadow_urgency IN ('urgent', 'critical'), false) AS would_be_urgent
          FROM compared)
        """;

    public Task<IAsyncDisposable?> TryLeadAsync(CancellationToken cancellationToken) => Lead.TryTakeAsync(database, LeadLock, cancellationToken);

    public async Task<IReadOnlyList<UnreadStudy>> UnreadAsync(
        string modelSha256, DateTimeOffset since, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"SELECT s.id, s.observation_id, s.observation_version, s.priority {Unread} ORDER BY s.finished_at, s.id LIMIT $3")
            .With(modelSha256).WithTime(since).With(limit);
        var studies = new List<UnreadStudy>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            studies.Add(new(reader.GetGuid(0), reader.GetString(1), reader.GetInt32(2), LedgerRows.Name<EventPriority>(reader, 3)));
        }

        return studies;
    }

    public async Task<long> CountUnreadAsync(string modelSha256, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"SELECT count(*) {Unread}").With(modelSha256).WithTime(since);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task KeepAsync(ShadowResult result, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(result);
        await using var command = database.CreateCommand(
            """
            INSERT INTO shadow_result (study_id, model_sha256, status, urgency, reasons, suggestions, execution, finished_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (model_sha256, study_id) DO NOTHING
            """)
            .With(result.StudyId).With(result.ModelSha256).With(WireName.Of(result.Status))
            .WithText(result.Urgency is { } urgency ? WireName.Of(urgency) : null)
            .WithJson(result.Reasons).WithJson(result.Suggestions).WithJson(result.Execution).WithTime(time.GetUtcNow());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<ShadowSummary> SummariseAsync(string modelSha256, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            {Compared}
            SELECT count(*), count(*) FILTER (WHERE NOT differs),
                   count(*) FILTER (WHERE is_urgent AND NOT would_be_urgent), count(*) FILTER (WHERE would_be_urgent AND NOT is_urgent),
                   count(*) FILTER (WHERE status <> shadow_status), count(*) FILTER (WHERE urgency IS DISTINCT FROM shadow_urgency),
                   count(*) FILTER (WHERE codes <> shadow_codes), count(*) FILTER (WHERE shadow_status = 'failed')
            FROM judged
            """).With(modelSha256).WithTime(since);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(
            reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3),
            reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7));
    }

    public async Task<IReadOnlyList<ShadowDisagreement>> DisagreementsAsync(
        string modelSha256, DateTimeOffset? since, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            {Compared}
            SELECT id, observation_id, finished_at, model_sha256, is_urgent, would_be_urgent,
                   status, urgency, codes, shadow_status, shadow_urgency, shadow_codes
            FROM judged WHERE differs
            ORDER BY is_urgent AND NOT would_be_urgent DESC, would_be_urgent AND NOT is_urgent DESC, finished_at DESC, id
            LIMIT $3
            """).With(modelSha256).WithTime(since).With(limit);
        var found = new List<ShadowDisagreement>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new(
                reader.GetGuid(0),
                "Observation/" + reader.GetString(1),
                reader.GetFieldValue<DateTimeOffset>(2),
                reader.GetString(3),
                modelSha256,
                Effect(reader.GetBoolean(4), reader.GetBoolean(5)),
                Result(reader, 6),
                Result(reader, 9)));
        }

        return found;
    }

    private static UrgencyEffect Effect(bool isUrgent, bool wouldBeUrgent) => (isUrgent, wouldBeUrgent) switch
    {
        (true, false) => UrgencyEffect.StopsBeingUrgent,
        (false, true) => UrgencyEffect.BecomesUrgent,
        _ => UrgencyEffect.None,
    };

    private static ComparedResult Result(NpgsqlDataReader reader, int column) => new(
        LedgerRows.Name<StudyStatus>(reader, column),
        reader.IsDBNull(column + 1) ? null : LedgerRows.Name<Urgency>(reader, column + 1),
        reader.GetFieldValue<string[]>(column + 2));
}
