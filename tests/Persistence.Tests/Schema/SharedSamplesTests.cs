using System.Text;
using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Schema;
using EcgIntegration.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EcgIntegration.Persistence.Tests.Schema;

/// <summary>Samples that were stored with each version are found in their own table afterwards.</summary>
public sealed class SharedSamplesTests(PostgresFixture postgres)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_stored_before_reads_as_before()
    {
        await using var empty = await postgres.CreateDatabaseAsync();
        await using var services = MigratedDatabase.CreateServices(empty.ConnectionString, TimeProvider.System);
        var database = services.GetRequiredService<NpgsqlDataSource>();
        await MigrateToAsync(database, "Subscriptions");
        await StoreAsync(database, "a", "1 2 3 4");
        await StoreAsync(database, "b", "1 2 3 4");
        await StoreAsync(database, "c", "5 6 E");

        await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(Stop);

        var store = services.GetRequiredService<IFhirStore>();
        foreach (var (id, data) in new[] { ("a", "1 2 3 4"), ("b", "1 2 3 4"), ("c", "5 6 E") })
        {
            var stored = await store.ReadAsync("Observation", id, Stop);
            Assert.Contains($"\"data\":\"{data}\"", Encoding.UTF8.GetString(stored!.Json.Span), StringComparison.Ordinal);
        }

        await using var count = database.CreateCommand("SELECT count(*) FROM samples");
        Assert.Equal(2L, await count.ExecuteScalarAsync(Stop));
    }

    private static async Task MigrateToAsync(NpgsqlDataSource database, string name)
    {
        await using var connection = await database.OpenConnectionAsync(Stop);
        await using var context = new EcgDbContext(new DbContextOptionsBuilder<EcgDbContext>().UseNpgsql(connection).Options);
        var migration = context.Database.GetMigrations().Single(id => id.EndsWith("_" + name, StringComparison.Ordinal));
        await context.GetService<IMigrator>().MigrateAsync(migration, Stop);
    }

    /// <summary>As that version of the schema had it.</summary>
    private static async Task StoreAsync(NpgsqlDataSource database, string id, string data)
    {
        using var resource = PreparedResource.From("Observation", Ecgs.Utf8(Ecgs.Observation(id, data: data)));
        await using var command = database.CreateCommand(
            """
            WITH stored AS (
              INSERT INTO resource (type, id, version, last_updated, source_system, content, content_hash, tokens, indexed)
              VALUES ('Observation', $1, 1, now(), 'cart', $2::jsonb, '', '{}', 1))
            INSERT INTO waveform (type, id, version, encoding, samples, raw_length) VALUES ('Observation', $1, 1, 1, $3, $4)
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Encoding.UTF8.GetString(resource.Content.Span) });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = resource.Samples!.Value.ToArray() });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = resource.TokensLength });
        await command.ExecuteNonQueryAsync(Stop);
    }
}
