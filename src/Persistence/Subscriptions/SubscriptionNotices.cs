using EcgIntegration.Persistence.Ledger;
using Npgsql;

namespace EcgIntegration.Persistence.Subscriptions;

/// <summary>Notes events for all subscriptions, on a connection whose transaction is the one that makes them happen.</summary>
internal static class SubscriptionNotices
{
    /// <summary>
    /// Notes a new urgent report. The numbers follow the order of commits, because each subscription's row is held until the
    /// transaction ends: call it late.
    /// </summary>
    public static async Task AddAsync(NpgsqlConnection connection, string reportId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            WITH held AS (
              SELECT id FROM subscription WHERE status IN ('active', 'error') ORDER BY id FOR UPDATE),
            numbered AS (
              UPDATE subscription s SET events = s.events + 1 FROM held WHERE s.id = held.id RETURNING s.id, s.events)
            INSERT INTO subscription_notice (subscription_id, number, report_id, report_version, created_at)
            SELECT numbered.id, numbered.events, r.id, r.version, $2
            FROM numbered JOIN resource r ON r.type = 'DiagnosticReport' AND r.id = $1
            """,
            connection).With(reportId).WithTime(now);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
