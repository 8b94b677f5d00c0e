using Npgsql;

namespace EcgIntegration.Persistence.Resources;

/// <inheritdoc cref="IFhirStore"/>
internal sealed class PostgresFhirStore(NpgsqlDataSource database) : IFhirStore
{
    private const string Current = "FROM resource r";
    private const string CurrentWhere = "WHERE r.type = $1 AND r.id = $2";
    private const string ReadSql = $"SELECT {ResourceRows.Columns} {Current} {ResourceRows.JoinSamples} {CurrentWhere}";
    private const string ReadBareSql = $"SELECT {ResourceRows.ColumnsWithoutSamples} {Current} {CurrentWhere}";

    private const string Versions =
        """
        FROM (SELECT type, id, version, last_updated, patient, content, deleted FROM resource WHERE type = $1 AND id = $2 AND version = $3
              UNION ALL
              SELECT type, id, version, last_updated, patient, content, deleted FROM resource_history WHERE type = $1 AND id = $2 AND version = $3) r
        """;

    private const string ReadVersionSql = $"SELECT {ResourceRows.Columns} {Versions} {ResourceRows.JoinSamples}";
    private const string ReadVersionBareSql = $"SELECT {ResourceRows.ColumnsWithoutSamples} {Versions}";

    public async Task<StoredResource?> ReadAsync(string type, string id, bool withSamples, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(withSamples ? ReadSql : ReadBareSql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = type });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        return await ReadOneAsync(command, cancellationToken);
    }

    public async Task<StoredResource?> ReadVersionAsync(
        string type, string id, int version, bool withSamples, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(withSamples ? ReadVersionSql : ReadVersionBareSql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = type });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = version });
        return await ReadOneAsync(command, cancellationToken);
    }

    private static async Task<StoredResource?> ReadOneAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? ResourceRows.Read(reader) : null;
    }
}
