using EcgIntegration.Persistence.Waveforms;
using Npgsql;

namespace EcgIntegration.Persistence.Resources;

/// <inheritdoc cref="IFhirStore"/>
internal sealed class PostgresFhirStore(NpgsqlDataSource database) : IFhirStore
{
    private const string Columns = "r.type, r.id, r.version, r.last_updated, r.patient, r.content, w.samples, w.raw_length";
    private const string JoinSamples = "LEFT JOIN waveform w ON w.type = r.type AND w.id = r.id AND w.version = r.version";

    private const string ReadSql = $"SELECT {Columns} FROM resource r {JoinSamples} WHERE r.type = $1 AND r.id = $2";

    private const string ReadVersionSql =
        $"""
        SELECT {Columns}
        FROM (SELECT type, id, version, last_updated, patient, content FROM resource WHERE type = $1 AND id = $2 AND version = $3
              UNION ALL
              SELECT type, id, version, last_updated, patient, content FROM resource_history WHERE type = $1 AND id = $2 AND version = $3) r
        {JoinSamples}
        """;

    private const string SearchTail =
        """
          AND ($3::timestamptz IS NULL OR (r.date, r.id) < ($3, $4))
        ORDER BY r.date DESC, r.id DESC
        LIMIT $5
        """;

    private const string SearchByReferenceSql =
        $"SELECT {Columns}, r.date FROM resource r {JoinSamples} WHERE r.type = $1 AND r.patient = $2 {SearchTail}";

    private const string SearchByIdentifierSql =
        $"SELECT {Columns}, r.date FROM resource r {JoinSamples} WHERE r.type = $1 AND r.patient_identifier = $2 {SearchTail}";

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

            var resource = Render(reader);
            resources.Add(resource);
            last = new ResourceCursor(reader.GetFieldValue<DateTimeOffset>(8), resource.Id);
        }

        return new ResourcePage(resources, null);
    }

    private static async Task<StoredResource?> ReadOneAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Render(reader) : null;
    }

    private static StoredResource Render(NpgsqlDataReader reader)
    {
        var identity = new ResourceIdentity(
            reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetFieldValue<DateTimeOffset>(3));
        var content = reader.GetFieldValue<byte[]>(5);
        using var tokens = reader.IsDBNull(6)
            ? null
            : TokenCompression.Decompress(reader.GetFieldValue<byte[]>(6), reader.GetInt32(7));
        // Samples come back as text about ten times as long as the tokens are compressed, four times as they are.
        using var whole = new PooledBuffer(content.Length + (4 * (tokens?.Written.Length ?? 0)) + 512);
        ResourceRenderer.Render(content, tokens?.Written ?? default, identity, whole);
        return new StoredResource(
            identity.Type,
            identity.Id,
            identity.Version,
            identity.LastUpdated,
            reader.IsDBNull(4) ? null : reader.GetString(4),
            whole.Written.ToArray());
    }
}
