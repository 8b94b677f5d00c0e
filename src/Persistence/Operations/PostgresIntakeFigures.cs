using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using Npgsql;

namespace EcgIntegration.Persistence.Operations;

/// <inheritdoc cref="IIntakeFigures"/>
internal sealed class PostgresIntakeFigures(NpgsqlDataSource database, TimeProvider time) : IIntakeFigures
{
    public async Task<IReadOnlyList<IntakeFlow>> ReadAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var command = database.CreateCommand(
            """
            WITH recent AS (
              SELECT priority,
                     count(*) FILTER (WHERE received_at > $2) AS received_1,
                     count(*) FILTER (WHERE received_at > $3) AS received_5,
                     count(*) FILTER (WHERE received_at > $4) AS received_15,
                     count(*) FILTER (WHERE finished_at > $2) AS finished_1,
                     count(*) FILTER (WHERE finished_at > $3) AS finished_5,
                     count(*) FILTER (WHERE finished_at > $4) AS finished_15
              FROM intake_event WHERE received_at > $1 GROUP BY priority),
            undecided AS (
              SELECT priority, count(*) AS count, min(received_at) AS oldest FROM intake_event WHERE status = 'received' GROUP BY priority)
            SELECT priority,
                   coalesce(received_1, 0), coalesce(received_5, 0), coalesce(received_15, 0),
                   coalesce(finished_1, 0), coalesce(finished_5, 0), coalesce(finished_15, 0),
                   coalesce(undecided.count, 0), undecided.oldest
            FROM unnest($5) AS priority LEFT JOIN recent USING (priority) LEFT JOIN undecided USING (priority)
            """)
            .WithTime(now.AddDays(-1)).WithTime(now.AddMinutes(-1)).WithTime(now.AddMinutes(-5)).WithTime(now.AddMinutes(-15))
            .With<string[]>([WireName.Of(EventPriority.Stat), WireName.Of(EventPriority.Routine)]);
        var flows = new List<IntakeFlow>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            flows.Add(new IntakeFlow(
                LedgerRows.Name<EventPriority>(reader, 0),
                Rate(reader, 1),
                Rate(reader, 4),
                reader.GetInt64(7),
                reader.IsDBNull(8) ? null : reader.GetFieldValue<DateTimeOffset>(8)));
        }

        return [.. flows.OrderByDescending(flow => flow.Priority)];
    }

    private static RecentRate Rate(NpgsqlDataReader reader, int column) =>
        new(reader.GetInt64(column), reader.GetInt64(column + 1) / 5.0, reader.GetInt64(column + 2) / 15.0);
}
