using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Persistence.Search;

/// <summary>Writes the statements of a search from its branches.</summary>
/// <param name="query">The search.</param>
/// <param name="parameters">Takes the values.</param>
/// <param name="now">The present moment.</param>
internal sealed class PageSql(ResourceQuery query, SqlParameters parameters, DateTimeOffset now)
{
    /// <summary>Rows of a stretch, in order: the columns of the resource, then those that are sorted by.</summary>
    /// <remarks>Ids are found first, and only those of the page are looked up whole: no sort carries content about.</remarks>
    public string Page(SortOrder order, SortStretch stretch, int limit)
    {
        var type = parameters.Text(query.Type);
        var rows = parameters.Number(limit);
        var conditions = string.Concat(stretch.Conditions("r", parameters).Select(condition => $" AND {condition}"));
        var columns = string.Join(", ", order.Columns.Append("id").Distinct().Select(column => $"r.{column}"));
        var found = SearchPlan.Branches(query, parameters, now, order.IsByDate).Select(branch =>
        {
            var ids = $"SELECT {columns} FROM resource r WHERE r.type = {type} AND NOT r.deleted AND {branch.Condition}{conditions} ORDER BY {stretch.OrderBy("r")} LIMIT {rows}";
            return branch.Driver is null ? $"({ids})" : $"(SELECT r.* FROM {branch.Driver} CROSS JOIN LATERAL ({ids}) AS r)";
        });
        return $"""
            SELECT {(query.WithSamples ? ResourceRows.Columns : ResourceRows.ColumnsWithoutSamples)}{string.Concat(order.Columns.Select(column => $", r.{column}"))}
            FROM (SELECT f.id FROM ({string.Join(" UNION ALL ", found)}) AS f ORDER BY {stretch.OrderBy("f")} LIMIT {rows}) AS page
            JOIN resource r ON r.type = {type} AND r.id = page.id
            {(query.WithSamples ? ResourceRows.JoinSamples : "")}
            ORDER BY {stretch.OrderBy("r")}
            """;
    }

    /// <summary>Rows that match, whichever are found first where there are more, by id.</summary>
    public string Unordered(int limit)
    {
        var type = parameters.Text(query.Type);
        var found = SearchPlan.Branches(query, parameters, now, byDate: false).Select(branch => $"SELECT r.id {From(branch, type)}");
        return $"""
            SELECT {(query.WithSamples ? ResourceRows.Columns : ResourceRows.ColumnsWithoutSamples)}
            FROM (SELECT f.id FROM ({string.Join(" UNION ALL ", found)}) AS f LIMIT {parameters.Number(limit)}) AS page
            JOIN resource r ON r.type = {type} AND r.id = page.id
            {(query.WithSamples ? ResourceRows.JoinSamples : "")}
            ORDER BY r.id
            """;
    }

    /// <summary>How many rows match.</summary>
    public string Count()
    {
        var type = parameters.Text(query.Type);
        var counts = SearchPlan.Branches(query, parameters, now, byDate: false).Select(branch =>
            $"(SELECT count(*) {From(branch, type)})");
        return $"SELECT {string.Join(" + ", counts)}";
    }

    /// <summary>The fence keeps to the way of the branch, a look-up for each row of its driver.</summary>
    private static string From(SearchBranch branch, string type)
    {
        var rows = $"resource r WHERE r.type = {type} AND NOT r.deleted AND {branch.Condition}";
        return branch.Driver is null ? $"FROM {rows}" : $"FROM {branch.Driver} CROSS JOIN LATERAL (SELECT r.id FROM {rows} OFFSET 0) AS r";
    }
}
