using Npgsql;

namespace EcgIntegration.Persistence.Audit;

/// <summary>The chain itself is the database's: see <c>append-only.sql</c>.</summary>
internal sealed class PostgresAuditLog(NpgsqlDataSource database) : IAuditLog
{
    private const int LongestText = 256;
    private const int LongestResource = 1000;

    private const string InsertSql =
        """
        INSERT INTO audit (sequence, at, actor, action, resource, patient, results, hash)
        VALUES (0, now(), $1, $2, $3, $4, $5, '')
        """;

    public async Task RecordAsync(AuditRecord record, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await RecordAsync(connection, record, cancellationToken);
    }

    /// <summary>
    /// Adds a record within the caller's transaction: it is there if and only if what it is about is. Let it be the last
    /// statement: until the transaction ends, nothing else can be audited.
    /// </summary>
    public static async Task RecordAsync(NpgsqlConnection connection, AuditRecord record, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(InsertSql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Storable.Text(record.Actor, LongestText) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Storable.Text(record.Action, LongestText) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Storable.Text(record.Resource, LongestResource) });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = record.Patient is null ? null : Storable.Text(record.Patient, LongestText) });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = record.Results });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<long?> FindBreakAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT sequence
            FROM (SELECT a.*, lag(hash) OVER w AS previous, row_number() OVER w AS expected FROM audit a WINDOW w AS (ORDER BY sequence)) chain
            WHERE sequence <> expected OR hash <> audit_hash(previous, sequence, at, actor, action, resource, patient, results)
            ORDER BY sequence LIMIT 1
            """);
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    }
}
