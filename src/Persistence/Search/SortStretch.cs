namespace EcgIntegration.Persistence.Search;

/// <summary>One of the two parts of an order: the resources that have the element first sorted by, or those that lack it.</summary>
/// <param name="columns">What is sorted by.</param>
/// <param name="lacksFirst">Whether the resources lack the first of them.</param>
/// <param name="after">Where a page starts in it; <see langword="null"/> for its beginning.</param>
internal sealed class SortStretch(SortColumn[] columns, bool lacksFirst, SearchPlace? after)
{
    private readonly SortColumn[] _compared = [.. Compared(columns)];

    /// <summary>
    /// Order of the rows. The first column stays in it where it is missing throughout, because an index is known by it.
    /// </summary>
    public string OrderBy(string alias) => OrderBy(alias, _compared, firstIsUniform: true);

    /// <summary>
    /// The same within a lane, whose rows do not differ in status and priority, in parts that an index gives in order: those
    /// that have the next column, and those that lack it.
    /// </summary>
    public IEnumerable<(string? Condition, string OrderBy)> InLane(string alias)
    {
        SortColumn[] rest = [.. _compared.Where(column => !column.IsOfLane)];
        if (!rest[0].CanBeMissing || rest[0] == columns[0])
        {
            return [(null, OrderBy(alias, rest, firstIsUniform: true))];
        }

        return
        [
            ($"{rest[0].Sql(alias)} IS NOT NULL", OrderBy(alias, rest, firstIsUniform: true)),
            ($"{rest[0].Sql(alias)} IS NULL", OrderBy(alias, rest[1..], firstIsUniform: false)),
        ];
    }

    /// <summary>Conditions that keep to the stretch, and to what comes after the place.</summary>
    public IEnumerable<string> Conditions(string alias, SqlParameters parameters)
    {
        if (columns[0].CanBeMissing)
        {
            yield return $"{columns[0].Sql(alias)} IS {(lacksFirst ? "" : "NOT ")}NULL";
        }

        if (after is not null)
        {
            yield return After(alias, [.. Steps(parameters, after)]);
        }
    }

    private static string OrderBy(string alias, IEnumerable<SortColumn> sorted, bool firstIsUniform) => string.Join(", ", sorted.Select((column, index) =>
        $"{column.Sql(alias)} {(column.Descending ? "DESC" : "ASC")}{((index > 0 || !firstIsUniform) && column.CanBeMissing ? " NULLS LAST" : "")}"));

    private static string After(string alias, Step[] steps)
    {
        // One comparison of rows is what an index understands; it knows one direction, and no rows without a value.
        if (Array.TrueForAll(steps, step => step.Value is not null && step.Column.Descending == steps[0].Column.Descending)
            && Array.TrueForAll(steps, step => !step.CanLack))
        {
            return $"({string.Join(", ", steps.Select(step => step.Column.Sql(alias)))}) {steps[0].Sign} ({string.Join(", ", steps.Select(step => step.Value))})";
        }

        // Equal up to a column, and past the place in that one. Nothing comes past what has no value.
        var ways = steps.Select((step, index) => (Past: step.Past(alias), Equal: steps.Take(index).Select(equal => equal.Equal(alias))))
            .Where(way => way.Past is not null)
            .Select(way => string.Join(" AND ", way.Equal.Append(way.Past)));
        return $"({string.Join(" OR ", ways)})";
    }

    private IEnumerable<Step> Steps(SqlParameters parameters, SearchPlace place)
    {
        for (var index = lacksFirst ? 1 : 0; index < _compared.Length; index++)
        {
            var key = index < columns.Length ? place.Keys[index] : place.Id;
            yield return new Step(_compared[index], index > 0 && _compared[index].CanBeMissing, key is null ? null : _compared[index].Place(parameters, key));
        }
    }

    /// <summary>The columns up to the id, after which nothing is left to tell apart; it goes the way of the first that an index is in the order of.</summary>
    private static IEnumerable<SortColumn> Compared(SortColumn[] columns)
    {
        foreach (var column in columns)
        {
            yield return column;
            if (column.IsId)
            {
                yield break;
            }
        }

        yield return SortColumn.Id((Array.Find(columns, column => !column.IsOfLane) ?? columns[0]).Descending);
    }

    /// <param name="Column">A column.</param>
    /// <param name="CanLack">Whether resources of the stretch can be without it.</param>
    /// <param name="Value">Its value at the place; <see langword="null"/> where the resource there has none.</param>
    private readonly record struct Step(SortColumn Column, bool CanLack, string? Value)
    {
        public string Sign => Column.Descending ? "<" : ">";

        public string Equal(string alias) => Value is null ? $"{Column.Sql(alias)} IS NULL" : $"{Column.Sql(alias)} = {Value}";

        public string? Past(string alias)
        {
            var past = $"{Column.Sql(alias)} {Sign} {Value}";
            return Value is null ? null : CanLack ? $"({past} OR {Column.Sql(alias)} IS NULL)" : past;
        }
    }
}
