using System.Globalization;
using EcgIntegration.Persistence.Search;
using Npgsql;

namespace EcgIntegration.Persistence.Audit;

/// <inheritdoc cref="IAuditTrail"/>
internal sealed class PostgresAuditTrail(NpgsqlDataSource database, TimeProvider time) : IAuditTrail
{
    private const string Select = "SELECT a.sequence, a.at, a.actor, a.action, a.resource, a.patient, a.results, a.other_patients FROM audit a WHERE";

    public async Task<AuditPage> SearchAsync(ResourceQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var parameters = new SqlParameters();
        var entries = await ReadAsync(parameters, Page(query, parameters, time.GetUtcNow()), cancellationToken);
        if (entries.Count <= query.Limit)
        {
            return new AuditPage(entries, null);
        }

        // One row more than the page holds says that another page follows.
        entries.RemoveAt(query.Limit);
        var last = entries[^1].Sequence.ToString(CultureInfo.InvariantCulture);
        return new AuditPage(entries, new SearchPlace([.. query.Sort.Select(_ => last)], last));
    }

    /// <summary>
    /// The statement of a page. By number records come in the same order as by date, but between two dates only an index that has
    /// both is read no further than they reach.
    /// </summary>
    /// <param name="query">The search.</param>
    /// <param name="parameters">Takes the values.</param>
    /// <param name="now">The present moment.</param>
    internal static string Page(ResourceQuery query, SqlParameters parameters, DateTimeOffset now)
    {
        var condition = new AuditSql(parameters, now).Of(query.Criteria);
        var (sign, direction) = query.Sort is [{ Descending: false }, ..] ? (">", "ASC") : ("<", "DESC");
        var byNumber = query.Sort is [{ Parameter.Name: "_id" }, ..];
        var place = query.After is null ? null : parameters.LongNumber(SequenceOf(query.After));
        var after = place is null ? ""
            : byNumber ? $" AND a.sequence {sign} {place}"
            : $" AND (a.at, a.sequence) {sign} ((SELECT l.at FROM audit l WHERE l.sequence = {place}), {place})";
        var order = byNumber ? $"a.sequence {direction}" : $"a.at {direction}, a.sequence {direction}";
        return $"{Select} {condition}{after} ORDER BY {order} LIMIT {parameters.Number(query.Limit + 1)}";
    }

    public async Task<long> CountAsync(ResourceQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var parameters = new SqlParameters();
        var condition = new AuditSql(parameters, time.GetUtcNow()).Of(query.Criteria);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = parameters.Command(connection, $"SELECT count(*) FROM audit a WHERE {condition}");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<AuditEntry?> ReadAsync(long sequence, CancellationToken cancellationToken)
    {
        var parameters = new SqlParameters();
        var entries = await ReadAsync(parameters, $"{Select} a.sequence = {parameters.LongNumber(sequence)}", cancellationToken);
        return entries.Count == 0 ? null : entries[0];
    }

    private static long SequenceOf(SearchPlace place) => long.TryParse(place.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
        ? sequence
        : throw new FormatException("The place is none of this search.");

    private async Task<List<AuditEntry>> ReadAsync(SqlParameters parameters, string sql, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = parameters.Command(connection, sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var entries = new List<AuditEntry>();
        while (await reader.ReadAsync(cancellationToken))
        {
            entries.Add(new AuditEntry(reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), new AuditRecord(
                reader.GetString(2),
                reader.GetString(3),
                reader.GetString(4),
                reader.IsDBNull(5) ? null : reader.GetString(5),
                reader.GetInt32(6))
            {
                OtherPatients = reader.IsDBNull(7) ? [] : reader.GetFieldValue<string[]>(7),
            }));
        }

        return entries;
    }
}
