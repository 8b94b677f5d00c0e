using EcgIntegration.Persistence.Hosting;
using EcgIntegration.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EcgIntegration.Persistence.Tests.Hosting;

public sealed class DatabaseMigratorTests(PostgresFixture postgres)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Workers_that_start_together_migrate_once()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var workers = Enumerable.Range(0, 3).Select(_ => MigratedDatabase.CreateServices(database.ConnectionString, TimeProvider.System)).ToList();
        await Task.WhenAll(workers.Select(worker => worker.GetRequiredService<DatabaseMigrator>().MigrateAsync(Stop)));
        await workers[0].GetRequiredService<DatabaseMigrator>().MigrateAsync(Stop);

        await using var count = workers[0].GetRequiredService<NpgsqlDataSource>().CreateCommand(
            "SELECT count(*) - count(DISTINCT \"MigrationId\") FROM \"__EFMigrationsHistory\" HAVING count(*) > 2");
        Assert.Equal(0L, await count.ExecuteScalarAsync(Stop));
        Assert.Null(await workers[1].GetRequiredService<DatabaseProbe>().FindFaultAsync(Stop));
        foreach (var worker in workers)
        {
            await worker.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_probe_tells_a_missing_schema_from_a_missing_server()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var empty = MigratedDatabase.CreateServices(database.ConnectionString, TimeProvider.System);
        Assert.Equal(PostgresErrorCodes.UndefinedTable, await empty.GetRequiredService<DatabaseProbe>().FindFaultAsync(Stop));
        await using var away = MigratedDatabase.CreateServices("Host=127.0.0.1;Port=1;Database=x;Username=x", TimeProvider.System);
        Assert.Equal("unreachable", await away.GetRequiredService<DatabaseProbe>().FindFaultAsync(Stop));
    }

    [Fact]
    public async Task Time_limits_hold_for_daily_work_also_after_a_migration()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var services = MigratedDatabase.CreateServices(
            database.ConnectionString, TimeProvider.System, ("Postgres:StatementTimeoutSeconds", "1"), ("Postgres:MaxPoolSize", "2"));
        await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(Stop);
        await using var slow = services.GetRequiredService<NpgsqlDataSource>().CreateCommand("SELECT pg_sleep(20)");
        var ended = await Assert.ThrowsAsync<PostgresException>(() => slow.ExecuteNonQueryAsync(Stop));
        Assert.Equal(PostgresErrorCodes.QueryCanceled, ended.SqlState);
        Assert.True(DatabaseFaults.IsTransient(ended));
    }

    [Fact]
    public async Task Faults_that_pass_are_told_from_faults_that_stay()
    {
        await using var away = MigratedDatabase.CreateServices("Host=127.0.0.1;Port=1;Database=x;Username=x", TimeProvider.System);
        await using var command = away.GetRequiredService<NpgsqlDataSource>().CreateCommand("SELECT 1");
        Assert.True(DatabaseFaults.IsTransient(await Assert.ThrowsAnyAsync<NpgsqlException>(() => command.ExecuteNonQueryAsync(Stop))));
        Assert.False(DatabaseFaults.IsTransient(new InvalidOperationException()));
        Assert.False(DatabaseFaults.IsTransient(new PostgresException("x", "ERROR", "ERROR", PostgresErrorCodes.UniqueViolation)));
        Assert.True(DatabaseFaults.IsTransient(new PostgresException("x", "ERROR", "ERROR", PostgresErrorCodes.DeadlockDetected)));
        Assert.True(DatabaseFaults.IsTransient(new PostgresException("x", "ERROR", "ERROR", PostgresErrorCodes.DiskFull)));
    }
}
