using Npgsql;

namespace EcgIntegration.Persistence.Hosting;

/// <summary>Says whether the database answers, for the ready page.</summary>
public sealed class DatabaseProbe(NpgsqlDataSource database)
{
    private const int TimeoutSeconds = 3;

    /// <summary>Asks the ledger's table for nothing.</summary>
    /// <returns><see langword="null"/> where all is well, else the kind of fault, without any text of the server's.</returns>
    public async Task<string?> FindFaultAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.CreateCommand("SELECT 1 FROM intake_event LIMIT 0");
            command.CommandTimeout = TimeoutSeconds;
            await command.ExecuteNonQueryAsync(cancellationToken);
            return null;
        }
        catch (PostgresException e)
        {
            return e.SqlState;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            return "unreachable";
        }
    }
}
