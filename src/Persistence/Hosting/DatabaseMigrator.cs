using System.Diagnostics.CodeAnalysis;
using EcgIntegration.Persistence.Schema;
using EcgIntegration.Persistence.Search;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace EcgIntegration.Persistence.Hosting;

/// <summary>Brings the schema up to date; to be awaited before anything else uses the database.</summary>
[SuppressMessage("Security", "CA2100", Justification = "Statements are constants and numbers of this class.")]
public sealed partial class DatabaseMigrator
{
    /// <summary>Any number does that nothing else on the database uses.</summary>
    private const long AdvisoryLock = 4_912_650_001;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    private readonly NpgsqlDataSource _database;
    private readonly DatabaseOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<DatabaseMigrator> _logger;

    /// <summary>Made by the container.</summary>
    public DatabaseMigrator(NpgsqlDataSource database, IOptions<DatabaseOptions> options, TimeProvider time, ILogger<DatabaseMigrator> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _database = database;
        _options = options.Value;
        _time = time;
        _logger = logger;
    }

    /// <summary>
    /// Applies what is missing, and indexes anew what was stored under older rules of search. Workers that start together take
    /// turns under an advisory lock. A server that is not up yet is waited for.
    /// </summary>
    /// <exception cref="NpgsqlException">The server did not come up in time, or refuses.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        while (true)
        {
            try
            {
                await MigrateOnceAsync(cancellationToken);
                return;
            }
            catch (Exception e) when (DatabaseFaults.IsTransient(e)
                && _time.GetElapsedTime(start).TotalSeconds < _options.MigrationTimeoutSeconds)
            {
                LogNotReady(e.GetType().Name);
                await Task.Delay(RetryDelay, _time, cancellationToken);
            }
        }
    }

    private async Task MigrateOnceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        // Limits for single statements of daily work; the pool restores them when the connection is returned.
        await ExecuteAsync(connection, "SET statement_timeout = 0", cancellationToken);
        await ExecuteAsync(connection, $"SET lock_timeout = '{_options.MigrationTimeoutSeconds}s'", cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({AdvisoryLock})", cancellationToken);
        try
        {
            var options = new DbContextOptionsBuilder<EcgDbContext>()
                .UseNpgsql(connection, npgsql => npgsql.CommandTimeout(_options.MigrationTimeoutSeconds))
                .Options;
            await using var context = new EcgDbContext(options);
            var pending = (await context.Database.GetPendingMigrationsAsync(cancellationToken)).ToList();
            if (pending.Count > 0)
            {
                await context.Database.MigrateAsync(cancellationToken);
                LogMigrated(pending.Count, pending[^1]);
            }

            await new Reindexer(connection, _logger).RunAsync(cancellationToken);
        }
        finally
        {
            await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({AdvisoryLock})", CancellationToken.None);
        }
    }

    private async Task ExecuteAsync(NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statement, connection) { CommandTimeout = _options.MigrationTimeoutSeconds };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(3001, LogLevel.Information, "Database schema brought up to date by {Count} migrations, the last {Migration}")]
    private partial void LogMigrated(int count, string migration);

    [LoggerMessage(3002, LogLevel.Warning, "Database not ready ({Fault}); asking again")]
    private partial void LogNotReady(string fault);
}
