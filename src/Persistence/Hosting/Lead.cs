using EcgIntegration.Persistence.Ledger;
using Npgsql;

namespace EcgIntegration.Persistence.Hosting;

/// <summary>The lead among workers in what only one of them should do: an advisory lock, held as long as its connection lives.</summary>
internal sealed class Lead : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly long _number;

    private Lead(NpgsqlConnection connection, long number)
    {
        _connection = connection;
        _number = number;
    }

    /// <summary>Takes it, or returns <see langword="null"/> where another worker has it.</summary>
    /// <param name="database">The database.</param>
    /// <param name="number">The lock; one that nothing else on the database uses.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<IAsyncDisposable?> TryTakeAsync(NpgsqlDataSource database, long number, CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection).With(number);
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
            {
                return new Lead(connection, number);
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await using (_connection)
        {
            try
            {
                await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", _connection).With(_number);
                await command.ExecuteNonQueryAsync(CancellationToken.None);
            }
            catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
            {
                // The connection is gone, and the lock with it.
            }
        }
    }
}
