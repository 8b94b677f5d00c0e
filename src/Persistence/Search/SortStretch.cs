namespace EcgIntegration.Persistence.Search;

/// <summary>A part of an order in which each resource has, or lacks, the same elements.</summary>
/// <param name="columns">What is sorted by.</param>
/// <param name="missing">Which of them the resources lack.</param>
/// <param name="after">Where a page starts in it; <see langword="null"/> for its beginning.</param>
internal sealed class SortStretch(SortColumn[] columns, bool[] missing, SearchPlace? after)
{
    private const string Id = "id";

    /// <summary>
    /// Order of the rows. The id at its end goes the way of the first key, as the indexes have it; columns that are missing
    /// throughout stay in it, because an index is known by them.
    /// </summary>
    public string OrderBy(string alias) =>
        string.Join(", ", Compared(withMissing: true).Select(column => $"{alias}.{column.Name} {(column.Descending ? "DESC" : "ASC")}"));

    /// <summary>Conditions that keep to the stretch, and to what comes after the place.</summary>
    public IEnumerable<string> Conditions(string alias, SqlParameters parameters)
    {
        for (var index = 0; index < columns.Length; index++)
        {
            if (columns[index].CanBeMissing)
            {
                yield return $"{alias}.{columns[index].Name} IS {(missing[index] ? "" : "NOT ")}NULL";
            }
        }

        if (after is not null)
        {
            yield return After(alias, parameters, after);
        }
    }

    private string After(string alias, SqlParameters parameters, SearchPlace place)
    {
        var compared = Compared(withMissing: false)
            .Select(column => (Name: $"{alias}.{column.Name}", column.Descending, Value: Value(column, parameters, place)))
            .ToList();
        if (compared.TrueForAll(column => column.Descending == compared[0].Descending))
        {
            return $"({string.Join(", ", compared.Select(column => column.Name))}) {Sign(compared[0].Descending)} ({string.Join(", ", compared.Select(column => column.Value))})";
        }

        // Directions that differ: equal up to a column, and past the place in that one.
        var steps = compared.Select((column, index) => string.Join(
            " AND ",
            compared.Take(index).Select(equal => $"{equal.Name} = {equal.Value}").Append($"{column.Name} {Sign(column.Descending)} {column.Value}")));
        return $"({string.Join(" OR ", steps)})";
    }

    private static string Sign(bool descending) => descending ? "<" : ">";

    private string Value((string Name, bool Descending, int Index) column, SqlParameters parameters, SearchPlace place) => column.Index < 0
        ? parameters.Text(place.Id)
        : columns[column.Index].Place(parameters, place.Keys[column.Index]!);

    /// <summary>The columns up to the id, after which nothing is left to tell apart.</summary>
    private IEnumerable<(string Name, bool Descending, int Index)> Compared(bool withMissing)
    {
        for (var index = 0; index < columns.Length; index++)
        {
            if (withMissing || !missing[index])
            {
                yield return (columns[index].Name, columns[index].Descending, index);
            }

            if (columns[index].IsId)
            {
                yield break;
            }
        }

        yield return (Id, columns[0].Descending, -1);
    }
}
