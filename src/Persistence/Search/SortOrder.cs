using Npgsql;

namespace EcgIntegration.Persistence.Search;

/// <summary>
/// The order of a search, in two stretches: the resources that have the element first sorted by, then those that lack it. So
/// an index gives its order in either direction, whichever end of it has the missing ones.
/// </summary>
internal sealed class SortOrder
{
    private readonly SortColumn[] _columns;
    private readonly SearchPlace? _after;

    private SortOrder(SortColumn[] columns, SearchPlace? after) => (_columns, _after) = (columns, after);

    /// <summary>Columns that are needed to sort, by their names.</summary>
    public IEnumerable<string> Columns => _columns.Select(column => column.Name);

    /// <summary>What goes into a place, one for each key.</summary>
    public IEnumerable<string> Keys(string alias) => _columns.Select(column => column.Sql(alias));

    /// <summary>What comes first in it.</summary>
    public IndexColumn First => _columns[0].Column;

    /// <summary>The order of a query. One that names none gets the newest first, where its type has a date, else by id.</summary>
    /// <exception cref="FormatException">The place is none of this order.</exception>
    public static SortOrder Of(ResourceQuery query)
    {
        var keys = query.Sort.Count > 0 ? query.Sort : Default(query.Type);
        var required = query.Criteria
            .Where(criterion => criterion is { Chained: null, Modifier: SearchModifier.None })
            .Select(criterion => criterion.Parameter.Column()).ToHashSet();
        SortColumn[] columns = [.. keys.Select(key => SortColumn.Of(key, required))];
        var after = query.After;
        if (after is not null && (after.Keys.Count != columns.Length
            || columns.Zip(after.Keys).Any(pair => pair.Second is null ? !pair.First.CanBeMissing : !pair.First.Accepts(pair.Second))))
        {
            throw new FormatException("The place is none of this search.");
        }

        return new SortOrder(columns, after);
    }

    /// <summary>Stretches that the page can reach, in order.</summary>
    public IEnumerable<SortStretch> Stretches()
    {
        var startsWithout = _after is { Keys: [null, ..] };
        if (!startsWithout)
        {
            yield return new SortStretch(_columns, lacksFirst: false, _after);
        }

        if (_columns[0].CanBeMissing)
        {
            yield return new SortStretch(_columns, lacksFirst: true, startsWithout ? _after : null);
        }
    }

    /// <summary>The place of a row.</summary>
    /// <param name="reader">Stands on the row.</param>
    /// <param name="firstColumn">Where <see cref="Keys"/> begin in it.</param>
    /// <param name="id">Its id.</param>
    public SearchPlace PlaceOf(NpgsqlDataReader reader, int firstColumn, string id) => new(
        [.. _columns.Select((column, index) => reader.IsDBNull(firstColumn + index) ? null : column.Read(reader, firstColumn + index))], id);

    private static SortKey[] Default(string type)
    {
        var parameters = SearchParameters.Of(type);
        var date = parameters.FirstOrDefault(parameter => parameter.Column() == IndexColumn.Date);
        return [new SortKey(date ?? parameters.First(parameter => parameter.Column() == IndexColumn.Id), Descending: date is not null)];
    }
}
