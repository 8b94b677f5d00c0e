using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using Npgsql;

namespace EcgIntegration.Persistence.Review;

/// <inheritdoc cref="IReviewList"/>
internal sealed class PostgresReviewList(NpgsqlDataSource database) : IReviewList
{
    private const string Recorded =
        "coalesce(r.content->>'effectiveDateTime', r.content->>'effectiveInstant', r.content#>>'{effectivePeriod,start}')";

    private const string JoinObservation = "LEFT JOIN resource r ON r.type = 'Observation' AND r.id = e.observation_id";

    private const int RecordedColumn = LedgerRows.ColumnCount;
    private const int WaitingColumn = LedgerRows.ColumnCount + 1;

    public async Task<IReadOnlyList<ReviewEntry>> UrgentAsync(
        DateTimeOffset? since, int limit, ReviewPlace? after, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            SELECT {LedgerRows.Columns}, {Recorded}, first.received_at
            FROM intake_event e {LedgerRows.JoinStudy} {JoinObservation}
            CROSS JOIN LATERAL (SELECT min(i.received_at) AS received_at FROM intake_event i WHERE i.study_id = s.id) first
            WHERE ($1::timestamptz IS NULL OR e.received_at >= $1) AND e.status = s.status AND s.urgency IN ('critical', 'urgent')
              AND s.superseded_at IS NULL AND s.withdrawn_at IS NULL
              AND NOT EXISTS (
                SELECT 1 FROM intake_event later
                WHERE later.study_id = e.study_id AND later.status = e.status AND (later.received_at, later.event_id) > (e.received_at, e.event_id))
              AND NOT EXISTS (
                SELECT 1 FROM resource signed
                WHERE signed.type = 'DiagnosticReport' AND signed.id = s.report_id AND signed.status NOT IN ('registered', 'partial', 'preliminary'))
              AND ($3::boolean IS NULL
                OR (s.urgency <> 'critical', s.priority <> 'stat', first.received_at, s.id) > ($3, $4, $5, $6))
            ORDER BY s.urgency <> 'critical', s.priority <> 'stat', first.received_at, s.id LIMIT $2
            """).WithTime(since).With(limit).With(!after?.IsCritical).With(!after?.IsStat).WithTime(after?.WaitingSince).With(after?.StudyId);
        return await ListAsync(command, cancellationToken);
    }

    public async Task<IReadOnlyList<ReviewEntry>> RecentAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            SELECT {LedgerRows.Columns}, {Recorded}, e.received_at
            FROM intake_event e {LedgerRows.JoinStudy} {JoinObservation}
            ORDER BY e.received_at DESC, e.event_id DESC LIMIT $1
            """).With(limit);
        return await ListAsync(command, cancellationToken);
    }

    public async Task<IReadOnlyList<StudyCount>> CountAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT status, urgency, count(*) FROM (
              SELECT DISTINCT s.id, s.status, CASE WHEN s.status <> 'received' THEN s.urgency END AS urgency
              FROM intake_event e JOIN study s ON s.id = e.study_id
              WHERE e.received_at >= $1 AND s.superseded_at IS NULL AND s.withdrawn_at IS NULL
              UNION ALL
              SELECT e.event_id, e.status, NULL FROM intake_event e WHERE e.received_at >= $1 AND e.study_id IS NULL) each
            GROUP BY 1, 2 ORDER BY 1, 2
            """).WithTime(since);
        var counts = new List<StudyCount>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            counts.Add(new StudyCount(
                LedgerRows.Name<StudyStatus>(reader, 0),
                reader.IsDBNull(1) ? null : LedgerRows.Name<Urgency>(reader, 1),
                reader.GetInt64(2)));
        }

        return counts;
    }

    private static async Task<IReadOnlyList<ReviewEntry>> ListAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var entries = new List<ReviewEntry>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            entries.Add(new ReviewEntry(
                LedgerRows.Read(reader),
                reader.GetFieldValue<DateTimeOffset>(WaitingColumn),
                reader.IsDBNull(RecordedColumn) ? null : reader.GetString(RecordedColumn)));
        }

        return entries;
    }
}
