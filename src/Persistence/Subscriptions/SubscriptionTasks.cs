using System.Globalization;
using System.Text.Json.Nodes;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Search;
using Npgsql;

namespace EcgIntegration.Persistence.Subscriptions;

/// <summary>The Tasks by which this system asks the operator to look after a subscription, on a connection whose transaction is the caller's.</summary>
internal static class SubscriptionTasks
{
    private const string Task = "Task";

    private static readonly Ending Deleted = new("cancelled", "通知の登録が削除されました / The Subscription was deleted");
    private static readonly Ending Recovered = new("completed", "通知が再開しました / Notifications are delivered again");

    /// <summary>Ends those that are open, since their Subscription is deleted: nothing is left to look after.</summary>
    public static Task CancelAsync(NpgsqlConnection connection, string subscription, DateTimeOffset now, CancellationToken cancellationToken) =>
        EndAsync(connection, subscription, Deleted, now, cancellationToken);

    /// <summary>Ends those that are open, since the subscriber answers again.</summary>
    public static Task CompleteAsync(NpgsqlConnection connection, string subscription, DateTimeOffset now, CancellationToken cancellationToken) =>
        EndAsync(connection, subscription, Recovered, now, cancellationToken);

    private static async Task EndAsync(
        NpgsqlConnection connection, string subscription, Ending ending, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var (id, content) in await OpenAsync(connection, subscription, cancellationToken))
        {
            using var ended = PreparedResource.From(Task, Ended(content, ending, now));
            await ResourceWriter.UpdateAsync(connection, new ResourceWrite(ended, id, SourceSystem: "", now), cancellationToken);
        }
    }

    private static async Task<List<(string Id, byte[] Content)>> OpenAsync(NpgsqlConnection connection, string subscription, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT id, content FROM resource
            WHERE type = $1 AND tokens @> ARRAY[$2] AND source_system = '' AND NOT deleted
              AND status NOT IN ('completed', 'cancelled', 'rejected', 'failed', 'entered-in-error')
            ORDER BY id FOR UPDATE
            """,
            connection).With(Task).With(IndexTokens.Reference("focus", $"Subscription/{subscription}"));
        var open = new List<(string, byte[])>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            open.Add((reader.GetString(0), reader.GetFieldValue<byte[]>(1)));
        }

        return open;
    }

    private static byte[] Ended(byte[] content, Ending ending, DateTimeOffset now)
    {
        var task = JsonNode.Parse(content)!.AsObject();
        task["status"] = ending.Status;
        task["statusReason"] = new JsonObject { ["text"] = ending.Reason };
        task["lastModified"] = now.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return System.Text.Encoding.UTF8.GetBytes(task.ToJsonString());
    }

    private sealed record Ending(string Status, string Reason);
}
