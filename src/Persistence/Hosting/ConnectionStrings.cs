using System.Globalization;
using Npgsql;

namespace EcgIntegration.Persistence.Hosting;

/// <summary>Connection strings in either form that people write.</summary>
public static class ConnectionStrings
{
    private const int DefaultPort = 5432;

    /// <summary>Npgsql's form of <c>postgresql://user:password@host:port/name</c>; any other text is returned as it is.</summary>
    /// <exception cref="FormatException">A URL without host or database. The message does not repeat it: it may hold a password.</exception>
    public static string Normalise(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        if (!connectionString.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase)
            && !connectionString.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase))
        {
            return connectionString;
        }

        if (!Uri.TryCreate(connectionString, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || uri.AbsolutePath.Length < 2)
        {
            throw new FormatException("Postgres:ConnectionString must be postgresql://user:password@host:port/name.");
        }

        var user = uri.UserInfo.Split(':', 2);
        return new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.Port > 0 ? uri.Port : DefaultPort,
            Database = Uri.UnescapeDataString(uri.AbsolutePath[1..]),
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
        }.ConnectionString;
    }

    /// <summary>The connection string of the worker's pool: time limits on, error details and compilation off.</summary>
    internal static string ForPool(DatabaseOptions options) =>
        new NpgsqlConnectionStringBuilder(Normalise(options.ConnectionString))
        {
            ApplicationName = "ecg-integration",
            MaxPoolSize = options.MaxPoolSize,
            // Details of a server error quote the values that caused it.
            IncludeErrorDetail = false,
            PersistSecurityInfo = false,
            CommandTimeout = options.StatementTimeoutSeconds + options.LockTimeoutSeconds,
            // Statements here take milliseconds; compiling one that is thought to be dear takes longer than to run it.
            Options = string.Create(
                CultureInfo.InvariantCulture,
                $"-c jit=off -c statement_timeout={options.StatementTimeoutSeconds}s -c lock_timeout={options.LockTimeoutSeconds}s -c idle_in_transaction_session_timeout={options.StatementTimeoutSeconds}s"),
        }.ConnectionString;
}
