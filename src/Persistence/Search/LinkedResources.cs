using EcgIntegration.Persistence.Resources;
using Npgsql;

namespace EcgIntegration.Persistence.Search;

/// <summary>Reads what resources refer to, and what refers to them.</summary>
internal static class LinkedResources
{
    /// <summary>See <see cref="IFhirSearch.ReadAsync"/>.</summary>
    public static async Task<IReadOnlyList<StoredResource>> ReadAsync(
        NpgsqlConnection connection, IReadOnlyCollection<string> references, bool withSamples, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(references);
        var keys = references.Select(reference => IndexTokens.WithoutVersion(reference).Split('/')).Where(parts => parts.Length == 2).ToList();
        var parameters = new SqlParameters();
        var sql = $"""
            {Select(withSamples)}
            JOIN (SELECT DISTINCT type, id FROM unnest({parameters.Texts(keys.Select(key => key[0]))}, {parameters.Texts(keys.Select(key => key[1]))}) AS k(type, id)) AS k
              ON r.type = k.type AND r.id = k.id
            {Joined(withSamples)}
            WHERE NOT r.deleted
            ORDER BY r.type, r.id
            """;
        return keys.Count == 0 ? [] : await ListAsync(parameters.Command(connection, sql), cancellationToken);
    }

    /// <summary>See <see cref="IFhirSearch.ReferringAsync"/>.</summary>
    public static async Task<IReadOnlyList<StoredResource>> ReferringAsync(
        NpgsqlConnection connection,
        string type,
        SearchParameter parameter,
        IReadOnlyCollection<string> targets,
        int limit,
        bool withSamples,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(targets);
        if (parameter.Type != SearchParameterType.Reference)
        {
            throw new ArgumentException($"The parameter {parameter.Name} is no reference.", nameof(parameter));
        }

        var values = targets.Select(IndexTokens.WithoutVersion).Distinct().Select(SearchValue (target) => new ReferenceValue(target)).ToList();
        var query = new ResourceQuery(type, [new SearchCriterion(parameter, SearchModifier.None, values)], [], limit, null) { WithSamples = withSamples };
        var parameters = new SqlParameters();
        var sql = new PageSql(query, parameters, DateTimeOffset.MinValue).Unordered(limit);
        return values.Count == 0 || limit <= 0 ? [] : await ListAsync(parameters.Command(connection, sql), cancellationToken);
    }

    private static string Select(bool withSamples) =>
        $"SELECT {(withSamples ? ResourceRows.Columns : ResourceRows.ColumnsWithoutSamples)} FROM resource r";

    private static string Joined(bool withSamples) => withSamples ? ResourceRows.JoinSamples : "";

    private static async Task<IReadOnlyList<StoredResource>> ListAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using (command)
        {
            var resources = new List<StoredResource>();
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                resources.Add(ResourceRows.Read(reader));
            }

            return resources;
        }
    }
}
