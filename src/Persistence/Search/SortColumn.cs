using System.Globalization;
using Npgsql;

namespace EcgIntegration.Persistence.Search;

/// <summary>A column that a search is sorted by.</summary>
/// <param name="Column">Which one.</param>
/// <param name="Name">Its name in SQL, or that of the column its value is made from.</param>
/// <param name="Descending">Whether the greatest comes first.</param>
/// <param name="CanBeMissing">Whether resources can be without it.</param>
internal sealed record SortColumn(IndexColumn Column, string Name, bool Descending, bool CanBeMissing)
{
    private const string Moments = "O";

    public bool IsId => Column == IndexColumn.Id;

    /// <summary>Whether it is the same throughout a lane of <see cref="WorkLanes"/>.</summary>
    public bool IsOfLane => Column is IndexColumn.Status or IndexColumn.Priority;

    private bool IsText => Column is IndexColumn.Id or IndexColumn.Status or IndexColumn.Text;

    public static SortColumn Id(bool descending) => new(IndexColumn.Id, "id", descending, CanBeMissing: false);

    public static SortColumn Of(SortKey key, IReadOnlySet<IndexColumn> required) => key.Parameter.Column() switch
    {
        IndexColumn.Id => Id(key.Descending),
        IndexColumn.LastUpdated => new(IndexColumn.LastUpdated, "last_updated", key.Descending, CanBeMissing: false),
        IndexColumn.Date => new(IndexColumn.Date, "date", key.Descending, !required.Contains(IndexColumn.Date)),
        IndexColumn.Stamped => new(IndexColumn.Stamped, "stamped", key.Descending, !required.Contains(IndexColumn.Stamped)),
        IndexColumn.Status => new(IndexColumn.Status, "status", key.Descending, !required.Contains(IndexColumn.Status)),
        // R4: without a priority a request is routine.
        IndexColumn.Priority => new(IndexColumn.Priority, "priority", key.Descending, CanBeMissing: false),
        IndexColumn.Text when key.Parameter is { Name: "name", IsSortable: true } => new(IndexColumn.Text, "content", key.Descending, CanBeMissing: true),
        _ => throw new ArgumentException($"The parameter {key.Parameter.Name} is not sorted by.", nameof(key)),
    };

    /// <summary>What is sorted by. A priority has its clinical order, the most urgent first; a name the one of the index.</summary>
    public string Sql(string alias) => Column switch
    {
        IndexColumn.Priority => $"CASE {alias}.priority WHEN 'stat' THEN 0 WHEN 'asap' THEN 1 WHEN 'urgent' THEN 2 ELSE 3 END",
        IndexColumn.Text => $"(patient_sort_name({alias}.content) COLLATE \"C\")",
        _ => $"{alias}.{Name}",
    };

    public bool Accepts(string key) => IsText || (Column == IndexColumn.Priority ? TryParse(key, out int _) : TryParse(key, out DateTimeOffset _));

    public string Place(SqlParameters parameters, string key) =>
        IsText ? parameters.Text(key)
        : Column == IndexColumn.Priority && TryParse(key, out int rank) ? parameters.Number(rank)
        : TryParse(key, out DateTimeOffset moment) ? parameters.Moment(moment)
        : parameters.Text(key);

    public string Read(NpgsqlDataReader reader, int column) =>
        IsText ? reader.GetString(column)
        : Column == IndexColumn.Priority ? reader.GetInt32(column).ToString(CultureInfo.InvariantCulture)
        : reader.GetFieldValue<DateTimeOffset>(column).ToString(Moments, CultureInfo.InvariantCulture);

    private static bool TryParse(string key, out int rank) => int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out rank);

    private static bool TryParse(string key, out DateTimeOffset moment) =>
        DateTimeOffset.TryParseExact(key, Moments, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out moment);
}
