using EcgIntegration.LocalServers;
using Npgsql;

namespace EcgIntegration.TestKit;

/// <summary>A database of one test's own, dropped on dispose.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly PrivatePostgres _server;

    internal TestDatabase(string name, string connectionString, PrivatePostgres server)
    {
        Name = name;
        ConnectionString = connectionString;
        _server = server;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Connection to it, in Npgsql's form.</summary>
    public string ConnectionString { get; }

    /// <summary>Drops it, whoever is still connected.</summary>
    public async ValueTask DisposeAsync()
    {
        await using (var connection = new NpgsqlConnection(ConnectionString))
        {
            NpgsqlConnection.ClearPool(connection);
        }

        await Eventually.TrueAsync("the database can be dropped", TryDropAsync);
    }

    /// <summary>A vacuum that the server runs by itself is nobody's to end: it leaves when it is done, or when the database goes unforced.</summary>
    private async Task<bool> TryDropAsync()
    {
        try
        {
            await PostgresFixture.ExecuteAsync(_server, $"DROP DATABASE IF EXISTS {Name} WITH (FORCE)");
            return true;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return false;
        }
    }
}
