using Npgsql;

namespace EcgIntegration.Persistence.Resources;

/// <inheritdoc cref="IFhirStore"/>
internal sealed class PostgresFhirStore(NpgsqlDataSource database) : IFhirStore
{
    private const string ReadSql = $"SELECT {ResourceRows.Columns} FROM resource r {ResourceRows.JoinSamples} WHERE r.type = $1 AND r.id = $2";

    private const string ReadVersionSql =
        $"""
        SELECT {ResourceRows.Columns}
        FROM (SELECT type, id, version, last_updated, patient, content, deleted FROM resource WHERE type = $1 AND id = $2 AND version = $3
              UNION ALL
              SELECT type, id, version, last_updated, patient, content, deleted FROM resource_history WHERE type = $1 AND id = $2 AND version = $3) r
        {ResourceRows.JoinSamples}
        """;

    private const string SearchTail =
        """
          AND NOT r.deleted AND ($3::timestamptz IS NULL OR (coalesce(r.date, '-infinity'), r.id) < ($3, $4))
        ORDER BY coalesce(r.date, '-infinity') DESC, r.id DESC
        LIMIT $5
        """;

    private const string SearchByReferenceSql =
        $"SELECT {ResourceRows.Columns}, coalesce(r.date, '-infinity') FROM resource r {ResourceRows.JoinSamples} WHERE r.type = $1 AND r.patient = $2 {SearchTail}";

    private const string SearchByIdentifierSql =
        $"SELECT {ResourceRows.Columns}, coalesce(r.date, '-infinity') FROM resource r {ResourceRows.JoinSamples} WHERE r.type = $1 AND r.patient_identifier = $2 {SearchTail}";

    public async Task<StoredResource?> ReadAsync(string type, string id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ReadSql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = type });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        return await ReadOneAsync(command, cancellationToken);
    }

    public async Task<StoredResource?> ReadVersionAsync(string type, string id, int version, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ReadVersionSql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = type });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = version });
        return await ReadOneAsync(command, cancellationToken);
    }

    public async Task<ResourcePage> SearchAsync(ResourceSearch search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        await using var command = database.CreateCommand(
            search.By == PatientKey.Reference ? SearchByReferenceSql : SearchByIdentifierSql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = search.Type });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = search.Patient });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset?> { TypedValue = search.After?.Date.ToUniversalTime() });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = search.After?.Id });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = search.Limit + 1 });

        var resources = new List<StoredResource>();
        ResourceCursor? last = null;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            // One row more than the page holds says that another page follows.
            if (resources.Count == search.Limit)
            {
                return new ResourcePage(resources, last);
            }

            var resource = ResourceRows.Read(reader);
            resources.Add(resource);
            last = new ResourceCursor(reader.GetFieldValue<DateTimeOffset>(ResourceRows.Count), resource.Id);
        }

        return new ResourcePage(resources, null);
    }

    private static async Task<StoredResource?> ReadOneAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? ResourceRows.Read(reader) : null;
    }
}
