using EcgIntegration.Persistence.Resources;
using Npgsql;

namespace EcgIntegration.Persistence.Search;

/// <summary>Runs searches on a connection whose transaction, if there is one, is the caller's.</summary>
internal static class SearchReader
{
    /// <inheritdoc cref="IFhirSearch.SearchAsync"/>
    /// <param name="connection">An open connection.</param>
    /// <param name="query">The search.</param>
    /// <param name="now">The present moment.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<SearchPage> SearchAsync(
        NpgsqlConnection connection, ResourceQuery query, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var order = SortOrder.Of(query);
        var matches = new List<StoredResource>();
        SearchPlace? last = null;
        if (query.Limit <= 0)
        {
            return new SearchPage(matches, null);
        }

        foreach (var stretch in order.Stretches())
        {
            var found = await ReadAsync(connection, query, order, stretch, query.Limit - matches.Count, walk: true, now, cancellationToken);
            if (found is { IsWalk: true, HasMore: false })
            {
                found = await ReadAsync(connection, query, order, stretch, query.Limit - matches.Count, walk: false, now, cancellationToken);
            }

            matches.AddRange(found.Matches);
            last = found.Last ?? last;
            if (found.HasMore)
            {
                return new SearchPage(matches, last);
            }
        }

        return new SearchPage(matches, null);
    }

    /// <inheritdoc cref="IFhirSearch.CountAsync"/>
    /// <param name="connection">An open connection.</param>
    /// <param name="query">The search.</param>
    /// <param name="now">The present moment.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<long> CountAsync(
        NpgsqlConnection connection, ResourceQuery query, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var parameters = new SqlParameters();
        await using var command = parameters.Command(connection, new PageSql(query, parameters, now).Count());
        return await command.ExecuteScalarAsync(cancellationToken) as long? ?? 0;
    }

    private static async Task<Part> ReadAsync(
        NpgsqlConnection connection,
        ResourceQuery query,
        SortOrder order,
        SortStretch stretch,
        int room,
        bool walk,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var parameters = new SqlParameters();
        var sql = new PageSql(query, parameters, now);
        // One row more than there is room for says that another page follows.
        await using var command = parameters.Command(connection, sql.Page(order, stretch, room + 1, walk));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var matches = new List<StoredResource>();
        SearchPlace? last = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            if (matches.Count == room)
            {
                return new Part(matches, last, sql.IsWalk, HasMore: true);
            }

            matches.Add(ResourceRows.Read(reader));
            last = order.PlaceOf(reader, ResourceRows.Count, matches[^1].Id);
        }

        return new Part(matches, last, sql.IsWalk, HasMore: false);
    }

    private sealed record Part(List<StoredResource> Matches, SearchPlace? Last, bool IsWalk, bool HasMore);
}
