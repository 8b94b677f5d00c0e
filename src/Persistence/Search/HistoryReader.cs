using EcgIntegration.Persistence.Resources;
using Npgsql;

namespace EcgIntegration.Persistence.Search;

/// <summary>Reads versions, current and superseded, newest first.</summary>
internal static class HistoryReader
{
    private const string Newest = "last_updated DESC, id DESC, version DESC";
    private static readonly string[] Tables = ["resource", "resource_history"];

    /// <summary>See <see cref="IFhirSearch.HistoryAsync"/>.</summary>
    public static async Task<HistoryPage> ReadAsync(NpgsqlConnection connection, HistoryQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Limit <= 0)
        {
            return new HistoryPage([], null);
        }

        var parameters = new SqlParameters();
        await using var command = parameters.Command(connection, Sql(query, parameters));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var versions = new List<StoredResource>();
        while (await reader.ReadAsync(cancellationToken))
        {
            // One row more than the page holds says that another page follows.
            if (versions.Count == query.Limit)
            {
                var last = versions[^1];
                return new HistoryPage(versions, new HistoryPlace(last.LastUpdated, last.Id, last.Version));
            }

            versions.Add(ResourceRows.Read(reader));
        }

        return new HistoryPage(versions, null);
    }

    private static string Sql(HistoryQuery query, SqlParameters parameters)
    {
        var conditions = new List<string> { $"type = {parameters.Text(query.Type)}" };
        if (query.Id is { } id)
        {
            conditions.Add($"id = {parameters.Text(id)}");
        }

        if (query.Since is { } since)
        {
            conditions.Add($"last_updated >= {parameters.Moment(since)}");
        }

        if (query.After is { } after)
        {
            conditions.Add($"(last_updated, id, version) < ({parameters.Moment(after.LastUpdated)}, {parameters.Text(after.Id)}, {parameters.Number(after.Version)})");
        }

        var limit = parameters.Number(query.Limit + 1);
        var versions = Tables.Select(table =>
            $"(SELECT type, id, version, last_updated, patient, content, deleted FROM {table} WHERE {string.Join(" AND ", conditions)} ORDER BY {Newest} LIMIT {limit})");
        return $"""
            SELECT {(query.WithSamples ? ResourceRows.Columns : ResourceRows.ColumnsWithoutSamples)}
            FROM (SELECT * FROM ({string.Join(" UNION ALL ", versions)}) AS v ORDER BY {Newest} LIMIT {limit}) AS r
            {(query.WithSamples ? ResourceRows.JoinSamples : "")}
            ORDER BY r.last_updated DESC, r.id DESC, r.version DESC
            """;
    }
}
