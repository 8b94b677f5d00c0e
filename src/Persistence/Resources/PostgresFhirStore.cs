using System.Globalization;
using EcgIntegration.Persistence.Search;
using Npgsql;

namespace EcgIntegration.Persistence.Resources;

/// <inheritdoc cref="IFhirStore"/>
internal sealed class PostgresFhirStore(NpgsqlDataSource database, TimeProvider time) : IFhirStore
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
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var page = await SearchReader.SearchAsync(connection, Query(search), time.GetUtcNow(), cancellationToken);
        return new ResourcePage(page.Matches, page.Next is { } next ? new ResourceCursor(DateOf(next), next.Id) : null);
    }

    private static ResourceQuery Query(ResourceSearch search)
    {
        var patient = SearchParameters.Find(search.Type, "patient") ?? throw new ArgumentException("The type is not searched by patient.", nameof(search));
        var bar = search.Patient.IndexOf('|', StringComparison.Ordinal);
        var criterion = search.By == PatientKey.Reference
            ? new SearchCriterion(patient, SearchModifier.None, [new ReferenceValue(search.Patient)])
            : new SearchCriterion(patient, SearchModifier.Identifier, [new TokenValue(search.Patient[..Math.Max(bar, 0)], search.Patient[(bar + 1)..])]);
        // The first moment there is stands for none: it comes last, and so does what has no date.
        var after = search.After is { } cursor
            ? new SearchPlace([cursor.Date == DateTimeOffset.MinValue ? null : cursor.Date.ToString("O", CultureInfo.InvariantCulture)], cursor.Id)
            : null;
        return new ResourceQuery(search.Type, [criterion], [], search.Limit, after);
    }

    private static DateTimeOffset DateOf(SearchPlace place) =>
        place.Keys[0] is { } date ? DateTimeOffset.Parse(date, CultureInfo.InvariantCulture) : DateTimeOffset.MinValue;

    private static async Task<StoredResource?> ReadOneAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? ResourceRows.Read(reader) : null;
    }
}
