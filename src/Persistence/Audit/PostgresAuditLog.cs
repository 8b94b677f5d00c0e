using Npgsql;

namespace EcgIntegration.Persistence.Audit;

/// <summary>The chain itself is the database's: see <c>append-only.sql</c>.</summary>
internal sealed class PostgresAuditLog(NpgsqlDataSource database) : IAuditLog
{
    private const int LongestText = 256;
    private const int LongestResource = 1000;

    private const string InsertSql =
        """
        INSERT INTO audit (sequence, at, actor, action, resource, patient, results, hash, other_patients)
        SELECT 0, now(), $1, $2, $3, p[1], $5, '', nullif(p[2:], '{}') FROM (SELECT $4::text[] AS p) AS given
        """;

    /// <summary>The patients that are given come first, then those of the resources, each once, in the order they were shown.</summary>
    private const string InsertWithResourcesSql =
        """
        INSERT INTO audit (sequence, at, actor, action, resource, patient, results, hash, other_patients)
        SELECT 0, now(), $1, $2, $3, p[1], $5, '', nullif(p[2:], '{}')
        FROM (
          SELECT array_agg(patient ORDER BY place) AS p
          FROM (
            SELECT patient, min(place) AS place
            FROM (
              SELECT patient, place FROM unnest($4::text[]) WITH ORDINALITY AS given(patient, place)
              UNION ALL
              SELECT r.patient, cardinality($4::text[]) + k.place
              FROM unnest($6::text[]) WITH ORDINALITY AS k(reference, place)
              CROSS JOIN LATERAL (
                SELECT left(coalesce(patient, patient_identifier), 256) AS patient FROM resource
                WHERE type = split_part(k.reference, '/', 1) AND id = split_part(k.reference, '/', 2) OFFSET 0) AS r
              WHERE r.patient IS NOT NULL) AS named
            GROUP BY patient) AS ordered) AS found
        """;

    public async Task RecordAsync(AuditRecord record, AuditedResources resources, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await RecordAsync(connection, record, resources.References, cancellationToken);
    }

    /// <summary>
    /// Adds a record within the caller's transaction: it is there if and only if what it is about is. Let it be the last
    /// statement: until the transaction ends, nothing else can be audited.
    /// </summary>
    public static Task RecordAsync(NpgsqlConnection connection, AuditRecord record, CancellationToken cancellationToken) =>
        RecordAsync(connection, record, [], cancellationToken);

    private static async Task RecordAsync(
        NpgsqlConnection connection, AuditRecord record, IReadOnlyList<string> references, CancellationToken cancellationToken)
    {
        await using var command = references.Count == 0
            ? new NpgsqlCommand(InsertSql, connection)
            : new NpgsqlCommand(InsertWithResourcesSql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Storable.Text(record.Actor, LongestText) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Storable.Text(record.Action, LongestText) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Storable.Text(record.Resource, LongestResource) });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. record.Patients.Select(patient => Storable.Text(patient, LongestText)).Distinct()] });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = record.Results });
        if (references.Count > 0)
        {
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. references.Select(reference => Storable.Text(reference, LongestText)).Distinct()] });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<long?> FindBreakAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT sequence
            FROM (SELECT a.*, lag(hash) OVER w AS previous, row_number() OVER w AS expected FROM audit a WINDOW w AS (ORDER BY sequence)) chain
            WHERE sequence <> expected OR hash <> audit_hash(previous, sequence, at, actor, action, resource, patient, results, other_patients)
            ORDER BY sequence LIMIT 1
            """);
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    }
}
