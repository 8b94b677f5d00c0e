using EcgIntegration.LocalServers;
using Npgsql;

namespace EcgIntegration.TestKit;

/// <summary>
/// One PostgreSQL for a test assembly: <c>[assembly: AssemblyFixture(typeof(PostgresFixture))]</c>, then take it as a
/// constructor parameter.
/// </summary>
public sealed class PostgresFixture() : SharedServer<PrivatePostgres>(
    static (folder, options) => PrivatePostgres.StartAsync(folder, options, CancellationToken.None))
{
    /// <summary>Creates an empty database of a test's own.</summary>
    public async Task<TestDatabase> CreateDatabaseAsync()
    {
        var server = await GetAsync();
        var name = $"test_{Guid.NewGuid():N}";
        await ExecuteAsync(server, $"CREATE DATABASE {name}");
        return new(name, new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name }.ConnectionString, server);
    }

    internal static async Task ExecuteAsync(PrivatePostgres server, string statement)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }
}
