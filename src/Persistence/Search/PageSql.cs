using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Persistence.Search;

/// <summary>Writes the statements of a search from its branches.</summary>
/// <param name="query">The search.</param>
/// <param name="parameters">Takes the values.</param>
/// <param name="now">The present moment.</param>
internal sealed class PageSql(ResourceQuery query, SqlParameters parameters, DateTimeOffset now)
{
    /// <summary>
    /// How many rows at the beginning of an order are looked through for those that pass a filter: a few milliseconds' worth.
    /// What is asked for is mostly common, and then a page is full before that.
    /// </summary>
    private const int WalkLength = 2_000;

    /// <summary>Whether the last page written looks through a part of the rows only: one that is not full says nothing then.</summary>
    public bool IsWalk { get; private set; }

    /// <summary>Rows of a stretch, in order: the columns of the resource, then those that are sorted by.</summary>
    /// <param name="order">The order.</param>
    /// <param name="stretch">The part of it.</param>
    /// <param name="limit">Most rows.</param>
    /// <param name="walk">Whether a filter may be left with the beginning of the order.</param>
    /// <remarks>Ids are found first, and only those of the page are looked up whole: no sort carries content about.</remarks>
    public string Page(SortOrder order, SortStretch stretch, int limit, bool walk)
    {
        var type = parameters.Text(query.Type);
        var rows = parameters.Number(limit);
        var conditions = string.Concat(stretch.Conditions("r", parameters).Select(condition => $" AND {condition}"));
        var columns = string.Join(", ", order.Columns.Append("id").Distinct().Select(column => $"r.{column}"));
        var branches = SearchPlan.Branches(query, parameters, now, order.First);
        IsWalk = walk && branches.Any(branch => branch.Filter is not null);
        var found = branches.SelectMany(branch => branch.IsLane && branch.Filter is null
            ? stretch.InLane("r").Select(part => Ids(part.Condition is null ? branch : branch with { Condition = $"{branch.Condition} AND {part.Condition}" }, part.OrderBy))
            : [Ids(branch, stretch.OrderBy("r"))]);
        return $"""
            SELECT {Columns}{string.Concat(order.Keys("r").Select(key => $", {key}"))}
            FROM (SELECT f.id FROM ({string.Join(" UNION ALL ", found)}) AS f ORDER BY {stretch.OrderBy("f")} LIMIT {rows}) AS page
            JOIN resource r ON r.type = {type} AND r.id = page.id
            {JoinSamples}
            ORDER BY {stretch.OrderBy("r")}
            """;

        string Ids(SearchBranch branch, string orderBy)
        {
            var all = $"resource r WHERE r.type = {type} AND NOT r.deleted AND {branch.Condition}{conditions}";
            var some = branch.Filter is null ? all
                : IsWalk ? $"(SELECT r.* FROM {all} ORDER BY {orderBy} LIMIT {parameters.Number(WalkLength)}) AS r WHERE {branch.Filter}"
                // The fence keeps the server from walking after all: it takes what passes for spread evenly over the order.
                : $"(SELECT {columns} FROM {all} AND {branch.Filter} OFFSET 0) AS r";
            var ids = $"SELECT {columns} FROM {some} ORDER BY {orderBy} LIMIT {rows}";
            return branch.Driver is null ? $"({ids})" : $"(SELECT r.* FROM {branch.Driver} CROSS JOIN LATERAL ({ids}) AS r)";
        }
    }

    /// <summary>Rows that match, whichever are found first where there are more, by id.</summary>
    public string Unordered(int limit)
    {
        var type = parameters.Text(query.Type);
        var found = SearchPlan.Branches(query, parameters, now, order: null).Select(branch => $"SELECT r.id {From(branch, type)}");
        return $"""
            SELECT {Columns}
            FROM (SELECT f.id FROM ({string.Join(" UNION ALL ", found)}) AS f LIMIT {parameters.Number(limit)}) AS page
            JOIN resource r ON r.type = {type} AND r.id = page.id
            {JoinSamples}
            ORDER BY r.id
            """;
    }

    /// <summary>How many rows match.</summary>
    public string Count()
    {
        var type = parameters.Text(query.Type);
        var counts = SearchPlan.Branches(query, parameters, now, order: null).Select(branch => $"(SELECT count(*) {From(branch, type)})");
        return $"SELECT {string.Join(" + ", counts)}";
    }

    private string Columns => query.WithSamples ? ResourceRows.Columns : ResourceRows.ColumnsWithoutSamples;

    private string JoinSamples => query.WithSamples ? ResourceRows.JoinSamples : "";

    /// <summary>The fence keeps to the way of the branch, a look-up for each row of its driver.</summary>
    private static string From(SearchBranch branch, string type)
    {
        var rows = $"resource r WHERE r.type = {type} AND NOT r.deleted AND {branch.Condition}";
        return branch.Driver is null ? $"FROM {rows}" : $"FROM {branch.Driver} CROSS JOIN LATERAL (SELECT r.id FROM {rows} OFFSET 0) AS r";
    }
}
