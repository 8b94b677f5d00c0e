using System.Text.Json;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Waveforms;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EcgIntegration.Persistence.Search;

/// <summary>
/// Brings what was indexed by older rules under the present ones, in batches of which each is a transaction: an interrupted
/// run is taken up where it stopped. Content, versions and history stay as they are.
/// </summary>
/// <param name="connection">An open connection without a transaction, which nothing else re-indexes on meanwhile.</param>
/// <param name="logger">Told the progress, counts only.</param>
internal sealed partial class Reindexer(NpgsqlConnection connection, ILogger logger)
{
    /// <summary>Resources a transaction.</summary>
    public const int BatchSize = 500;

    private const int BatchesBetweenReports = 20;

    /// <summary>Rules 2 find names of patients by more, and nothing else by anything else.</summary>
    private const string NextSql =
        """
        SELECT type, id, content, deleted FROM resource
        WHERE (type, id) > ($1, $2) AND indexed < $3 AND (type = 'Patient' OR indexed < 1)
        ORDER BY type, id LIMIT $4
        FOR UPDATE
        """;

    /// <summary>What an earlier version taught stays, as when a version is stored.</summary>
    private const string UpdateSql =
        """
        UPDATE resource SET
          patient = coalesce(patient, $3), patient_identifier = coalesce($4, patient_identifier), status = $5, priority = $6,
          tokens = $7, date = $8, date_end = $9, stamped = $10, stamped_end = $11, indexed = $12
        WHERE type = $1 AND id = $2
        """;

    private const string PatientsSql =
        """
        SELECT DISTINCT ON (k.row) k.row, t.patient, t.patient_identifier
        FROM unnest($1::integer[], $2::text[]) AS k(row, target)
        JOIN resource t ON t.type = split_part(k.target, '/', 1) AND t.id = split_part(k.target, '/', 2)
        WHERE t.patient IS NOT NULL OR t.patient_identifier IS NOT NULL
        ORDER BY k.row, t.patient, t.type, t.id
        """;

    /// <summary>Indexes what is behind; returns at once where nothing is.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var done = new NpgsqlCommand("SELECT rules FROM search_index", connection);
        if (await done.ExecuteScalarAsync(cancellationToken) is short rules && rules >= IndexEntry.Rules)
        {
            return;
        }

        var (count, batches) = (0L, 0);
        var last = (Type: "", Id: "");
        while (await IndexBatchAsync(last, cancellationToken) is { Count: > 0 } batch)
        {
            last = batch[^1];
            count += batch.Count;
            if (++batches % BatchesBetweenReports == 0)
            {
                LogProgress(count);
            }
        }

        await using var finish = new NpgsqlCommand("UPDATE search_index SET rules = $1", connection);
        finish.Parameters.Add(new NpgsqlParameter<short> { TypedValue = IndexEntry.Rules });
        await finish.ExecuteNonQueryAsync(cancellationToken);
        if (count > 0)
        {
            LogDone(count);
        }
    }

    private async Task<List<(string Type, string Id)>> IndexBatchAsync((string Type, string Id) after, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var entries = await ReadBatchAsync(after, cancellationToken);
        await FindPatientsAsync(entries, cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var (type, id, entry) in entries)
        {
            var command = new NpgsqlBatchCommand(UpdateSql);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = type });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
            command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = type == "Patient" ? $"Patient/{id}" : entry.Patient });
            IndexParameters.Add(command.Parameters, entry);
            batch.BatchCommands.Add(command);
        }

        if (entries.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        foreach (var (type, id, entry) in entries)
        {
            await ResourceTexts.RemoveAsync(connection, type, id, cancellationToken);
            await ResourceTexts.InsertAsync(connection, type, id, entry.Texts, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return entries.ConvertAll(entry => (entry.Type, entry.Id));
    }

    private async Task<List<(string Type, string Id, IndexEntry Entry)>> ReadBatchAsync(
        (string Type, string Id) after, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(NextSql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = after.Type });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = after.Id });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = IndexEntry.Rules });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = BatchSize });
        var entries = new List<(string, string, IndexEntry)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var type = reader.GetString(0);
            using var content = JsonDocument.Parse(
                reader.GetFieldValue<byte[]>(2), new JsonDocumentOptions { MaxDepth = JsonCopier.MaximumDepth });
            entries.Add((type, reader.GetString(1), reader.GetBoolean(3) ? IndexEntry.Empty : ResourceIndexer.Read(type, content.RootElement)));
        }

        return entries;
    }

    /// <summary>Gives those that cannot name a patient the one of what they refer to.</summary>
    private async Task FindPatientsAsync(List<(string Type, string Id, IndexEntry Entry)> entries, CancellationToken cancellationToken)
    {
        var targets = entries.SelectMany((entry, row) => entry.Entry.Targets.Select(target => (row, target))).ToList();
        if (targets.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(PatientsSql, connection);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. targets.Select(target => target.row)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. targets.Select(target => target.target)] });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var row = reader.GetInt32(0);
            var entry = entries[row].Entry.About(
                reader.IsDBNull(1) ? null : reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2));
            entries[row] = entries[row] with { Entry = entry };
        }
    }

    [LoggerMessage(3003, LogLevel.Information, "{Count} stored resources indexed anew for searches so far")]
    private partial void LogProgress(long count);

    [LoggerMessage(3004, LogLevel.Information, "{Count} stored resources indexed anew for searches; all are done")]
    private partial void LogDone(long count);
}
