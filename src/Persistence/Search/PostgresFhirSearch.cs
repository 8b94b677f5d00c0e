using EcgIntegration.Persistence.Resources;
using Npgsql;

namespace EcgIntegration.Persistence.Search;

/// <inheritdoc cref="IFhirSearch"/>
internal sealed class PostgresFhirSearch(NpgsqlDataSource database, TimeProvider time) : IFhirSearch
{
    public async Task<SearchPage> SearchAsync(ResourceQuery query, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await SearchReader.SearchAsync(connection, query, time.GetUtcNow(), cancellationToken);
    }

    public async Task<long> CountAsync(ResourceQuery query, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await SearchReader.CountAsync(connection, query, time.GetUtcNow(), cancellationToken);
    }

    public async Task<IReadOnlyList<StoredResource>> ReadAsync(
        IReadOnlyCollection<string> references, bool withSamples, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await LinkedResources.ReadAsync(connection, references, withSamples, cancellationToken);
    }

    public async Task<IReadOnlyList<StoredResource>> ReferringAsync(
        string type,
        SearchParameter parameter,
        IReadOnlyCollection<string> targets,
        int limit,
        bool withSamples,
        CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await LinkedResources.ReferringAsync(connection, type, parameter, targets, limit, withSamples, cancellationToken);
    }

    public async Task<HistoryPage> HistoryAsync(HistoryQuery query, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await HistoryReader.ReadAsync(connection, query, cancellationToken);
    }
}
