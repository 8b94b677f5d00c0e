using System.Text.Json.Nodes;
using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Resources;
using Npgsql;

namespace EcgIntegration.Persistence.Subscriptions;

/// <inheritdoc cref="ISubscriptionWork"/>
internal sealed class PostgresSubscriptionWork(NpgsqlDataSource database, IFhirStore store, TimeProvider time) : ISubscriptionWork
{
    private const string Subscription = "Subscription";

    /// <summary>Any number does that nothing else on the database uses.</summary>
    private const long LeadLock = 4_912_650_030;

    public Task<IAsyncDisposable?> TryLeadAsync(CancellationToken cancellationToken) => Lead.TryTakeAsync(database, LeadLock, cancellationToken);

    public async Task<IReadOnlyList<PendingNotification>> DueAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT s.id, s.endpoint, s.attempts, s.revision, n.number, n.report_id, n.report_version, n.created_at
            FROM subscription s
            LEFT JOIN LATERAL (
              SELECT * FROM subscription_notice n WHERE n.subscription_id = s.id AND n.delivered_at IS NULL ORDER BY n.number LIMIT 1
            ) n ON s.status = 'active'
            WHERE s.next_attempt_at <= $1 AND (s.status = 'requested' OR (s.status = 'active' AND n.number IS NOT NULL))
            ORDER BY s.next_attempt_at, s.id LIMIT $2
            """).WithTime(time.GetUtcNow()).With(limit);
        var due = new List<PendingNotification>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            due.Add(new(
                reader.GetString(0),
                reader.GetString(1),
                reader.GetInt32(2),
                reader.IsDBNull(4)
                    ? null
                    : new(reader.GetInt64(4), reader.GetString(5), reader.GetInt32(6), reader.GetFieldValue<DateTimeOffset>(7)),
                reader.GetInt32(3)));
        }

        return due;
    }

    public async Task DeliveredAsync(PendingNotification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        if (notification.Event is null)
        {
            await ChangeAsync(notification, "active", error: null, task: null, cancellationToken);
            return;
        }

        await using var command = database.CreateCommand(
            """
            WITH delivered AS (
              UPDATE subscription_notice SET delivered_at = $3 WHERE subscription_id = $1 AND number = $2 AND delivered_at IS NULL)
            UPDATE subscription SET attempts = 0 WHERE id = $1 AND revision = $4
            """).With(notification.Subscription).With(notification.Event.Number).WithTime(time.GetUtcNow()).With(notification.Revision);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task PutOffAsync(PendingNotification notification, DateTimeOffset nextAttempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        await using var command = database.CreateCommand(
            "UPDATE subscription SET attempts = attempts + 1, next_attempt_at = $2 WHERE id = $1 AND revision = $3")
            .With(notification.Subscription).WithTime(nextAttempt).With(notification.Revision);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public Task SwitchOffAsync(PendingNotification notification, string why, NewResource task, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        return ChangeAsync(notification, "error", why, task, cancellationToken);
    }

    public async Task<SubscriptionState?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT s.status, s.events, (SELECT count(*) FROM subscription_notice n WHERE n.subscription_id = s.id AND n.delivered_at IS NULL)
            FROM subscription s WHERE s.id = $1
            """).With(id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(id, reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2))
            : null;
    }

    /// <summary>
    /// Stores the next version of the Subscription, from which the database itself derives how it stands, unless it has been
    /// changed meanwhile: then its new state is what holds.
    /// </summary>
    private async Task ChangeAsync(
        PendingNotification notification, string status, string? error, NewResource? task, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(Subscription, notification.Subscription, cancellationToken);
        if (stored is null || stored.Version != notification.Revision)
        {
            return;
        }

        using var changed = PreparedResource.From(Subscription, WithStatus(stored.Json, status, error));
        using var made = task is null ? null : PreparedResource.From(task.Type, task.Json);
        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var holder = await ResourceWriter.LockAsync(connection, Subscription, notification.Subscription, cancellationToken);
        if (holder?.Version != notification.Revision)
        {
            return;
        }

        await ResourceWriter.UpdateAsync(connection, new ResourceWrite(changed, notification.Subscription, holder.SourceSystem, now), cancellationToken);
        if (made is not null)
        {
            await ResourceWriter.TryInsertAsync(connection, new ResourceWrite(made, task!.Id, SourceSystem: "", now), cancellationToken);
        }
        else
        {
            await SubscriptionTasks.CompleteAsync(connection, notification.Subscription, now, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static byte[] WithStatus(ReadOnlyMemory<byte> json, string status, string? error)
    {
        var resource = JsonNode.Parse(json.Span)!.AsObject();
        resource["status"] = status;
        resource.Remove("error");
        if (error is not null)
        {
            resource["error"] = error;
        }

        return System.Text.Encoding.UTF8.GetBytes(resource.ToJsonString());
    }
}
