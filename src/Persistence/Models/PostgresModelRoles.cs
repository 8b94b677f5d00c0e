using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using Npgsql;

namespace EcgIntegration.Persistence.Models;

/// <inheritdoc cref="IModelRoles"/>
internal sealed class PostgresModelRoles(NpgsqlDataSource database, TimeProvider time) : IModelRoles
{
    private const int LongestName = 200;
    private const int LongestWhy = 1000;

    public async Task<ModelRoles> CurrentAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT role, model_sha256, model_name, since FROM model_role");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var roles = new Dictionary<ModelRole, ModelAssignment>();
        while (await reader.ReadAsync(cancellationToken))
        {
            roles.Add(
                LedgerRows.Name<ModelRole>(reader, 0),
                new(Text(reader, 1), Text(reader, 2), reader.GetFieldValue<DateTimeOffset>(3)));
        }

        return new(roles[ModelRole.Active], roles[ModelRole.Shadow]);
    }

    public async Task<ModelRoleChange?> AssignAsync(ModelRoleRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentException.ThrowIfNullOrWhiteSpace(request.Why);

        // One statement: the row is locked first, so that two changes that race are made one after the other.
        await using var command = database.CreateCommand(
            """
            WITH before AS (SELECT role, model_sha256 FROM model_role WHERE role = $1 FOR UPDATE),
            changed AS (
              UPDATE model_role SET model_sha256 = $2, model_name = $3, since = $4
              FROM before WHERE model_role.role = before.role AND before.model_sha256 IS DISTINCT FROM $2
              RETURNING before.model_sha256 AS from_sha256)
            INSERT INTO model_role_history (role, from_sha256, to_sha256, to_name, changed_at, changed_by, why)
            SELECT $1, from_sha256, $2, $3, $4, $5, $6 FROM changed
            RETURNING role, from_sha256, to_sha256, to_name, changed_at, changed_by, why
            """)
            .With(WireName.Of(request.Role)).WithText(request.Sha256)
            .WithText(request.Name is { } name ? Storable.Text(name, LongestName) : null)
            .WithTime(time.GetUtcNow())
            .With(Storable.Text(request.By, LongestName)).With(Storable.Text(request.Why.Trim(), LongestWhy));
        return (await ChangesAsync(command, cancellationToken)).SingleOrDefault();
    }

    public async Task<IReadOnlyList<ModelRoleChange>> HistoryAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT role, from_sha256, to_sha256, to_name, changed_at, changed_by, why
            FROM model_role_history ORDER BY id DESC LIMIT $1
            """).With(limit);
        return await ChangesAsync(command, cancellationToken);
    }

    private static async Task<List<ModelRoleChange>> ChangesAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var changes = new List<ModelRoleChange>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            changes.Add(new(
                LedgerRows.Name<ModelRole>(reader, 0),
                Text(reader, 1),
                Text(reader, 2),
                Text(reader, 3),
                reader.GetFieldValue<DateTimeOffset>(4),
                reader.GetString(5),
                reader.GetString(6)));
        }

        return changes;
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
