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
            var parameters = new SqlParameters();
            // One row more than the page holds says that another page follows.
            var sql = new PageSql(query, parameters, now).Page(order, stretch, query.Limit + 1 - matches.Count);
            await using var command = parameters.Command(connection, sql);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                if (matches.Count == query.Limit)
                {
                    return new SearchPage(matches, last);
                }

                var match = ResourceRows.Read(reader);
                matches.Add(match);
                last = order.PlaceOf(reader, ResourceRows.Count, match.Id);
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
}
