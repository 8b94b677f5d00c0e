using EcgIntegration.Persistence.Audit;
using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgresFixture))]

namespace EcgIntegration.Persistence.Tests;

/// <summary>A database of one test class, with the schema and the services as the worker has them.</summary>
public sealed class MigratedDatabase(PostgresFixture postgres) : IAsyncLifetime
{
    private TestDatabase? _database;
    private ServiceProvider? _services;

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 4, 1, 0, 0, 0, TimeSpan.Zero));

    public IStudyLedger Ledger => Get<IStudyLedger>();

    public IFhirStore Store => Get<IFhirStore>();

    public IAuditLog Audit => Get<IAuditLog>();

    public T Get<T>() where T : notnull => _services!.GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _services = CreateServices(_database.ConnectionString, Time, ($"{DatabaseOptions.Section}:{nameof(DatabaseOptions.RejectedBodyLimit)}", "1048576"));
        await Get<DatabaseMigrator>().MigrateAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _services!.DisposeAsync();
        await _database!.DisposeAsync();
    }

    public static ServiceProvider CreateServices(string connectionString, TimeProvider time, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            [new("Postgres:ConnectionString", connectionString), .. settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))]).Build();
        return new ServiceCollection()
            .AddSingleton(time)
            .AddLogging()
            .AddEcgPersistence(configuration)
            .BuildServiceProvider();
    }

    public async Task<T?> ScalarAsync<T>(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    public async Task ExecuteAsync(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        await command.ExecuteNonQueryAsync();
    }

    private NpgsqlCommand Command(string sql, object[] parameters)
    {
        var command = Get<NpgsqlDataSource>().CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return command;
    }
}
