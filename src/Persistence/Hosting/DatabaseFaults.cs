using System.Net.Sockets;
using Npgsql;

namespace EcgIntegration.Persistence.Hosting;

/// <summary>Tells faults that pass from faults that stay.</summary>
public static class DatabaseFaults
{
    private const string IdleInTransactionTimeout = "25P03";

    /// <summary>True where the same call can succeed later: server away, restarting or full, time-outs, lock conflicts.</summary>
    public static bool IsTransient(Exception exception) => exception switch
    {
        PostgresException e => e.IsTransient || IsPassing(e.SqlState),
        NpgsqlException e => e.IsTransient || e.InnerException is not null && IsTransient(e.InnerException),
        TimeoutException or SocketException or IOException => true,
        { InnerException: { } inner } => IsTransient(inner),
        _ => false,
    };

    /// <summary>True where the fault, or what it comes from, is PostgreSQL's and not that of something else that can be away.</summary>
    public static bool IsOfDatabase(Exception exception) => exception switch
    {
        NpgsqlException => true,
        { InnerException: { } inner } => IsOfDatabase(inner),
        _ => false,
    };

    private static bool IsPassing(string sqlState) => sqlState switch
    {
        PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable => true,
        PostgresErrorCodes.ReadOnlySqlTransaction or IdleInTransactionTimeout => true,
        // 08 connection, 40 rolled back for concurrency, 53 out of resources, 57P operator intervention, 58 system.
        _ => sqlState.StartsWith("08", StringComparison.Ordinal)
            || sqlState.StartsWith("40", StringComparison.Ordinal)
            || sqlState.StartsWith("53", StringComparison.Ordinal)
            || sqlState.StartsWith("57P", StringComparison.Ordinal)
            || sqlState.StartsWith("58", StringComparison.Ordinal),
    };
}
