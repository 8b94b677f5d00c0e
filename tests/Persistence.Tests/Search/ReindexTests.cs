using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Persistence.Schema;
using EcgIntegration.Persistence.Search;
using EcgIntegration.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using static EcgIntegration.Persistence.Tests.Search.Searches;

namespace EcgIntegration.Persistence.Tests.Search;

public sealed class ReindexTests(PostgresFixture postgres)
{
    private const string Before = "ModelRoles";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_stored_before_the_migration_is_found_after_it()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var services = MigratedDatabase.CreateServices(database.ConnectionString, TimeProvider.System);
        var source = services.GetRequiredService<NpgsqlDataSource>();
        await MigrateToAsync(Before, database.ConnectionString);
        await StoreAsync("Observation", "ecg", """
            {"resourceType": "Observation", "status": "final", "subject": {"reference": "Patient/p1"}, "effectiveDateTime": "2026-03",
             "category": [{"coding": [{"code": "procedure"}]}], "derivedFrom": [{"reference": "Observation/o/_history/1"}]}
            """, patient: "Patient/p1");
        await StoreAsync("DiagnosticReport", "report", """{"resourceType": "DiagnosticReport", "status": "final"}""", identifier: "urn:mrn|7");
        await StoreAsync("Provenance", "why", """{"resourceType": "Provenance", "target": [{"reference": "Task/none"}, {"reference": "Observation/ecg/_history/1"}]}""");
        await StoreAsync("Provenance", "who", """{"resourceType": "Provenance", "target": [{"reference": "DiagnosticReport/report/_history/1"}]}""");
        await StoreAsync("Patient", "p1", """{"resourceType": "Patient", "name": [{"text": "山田　太郎"}]}""");
        await StoreAsync("Device", "undated", """{"resourceType": "Device"}""");

        await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(Stop);
        var search = services.GetRequiredService<IFhirSearch>();
        await FindsAsync("ecg", Where("Observation", "category", Token("procedure")));
        await FindsAsync("ecg", Where("Observation", "derived-from", new ReferenceValue("Observation/o")));
        await FindsAsync("ecg", Where("Observation", "date", new DateValue(DatePrefix.Gt, Day(20), Day(21))));
        await FindsAsync("ecg", Chained("Observation", "patient", Where("Patient", "name", new TextValue("山田太"))));
        await FindsAsync("why", Where("Provenance", "patient", new ReferenceValue("p1")));
        await FindsAsync("who", Where("Provenance", "patient", SearchModifier.Identifier, Token("7")));
        await FindsAsync("p1", Where("Patient", "_id", Token("p1")));
        Assert.Equal(0L, await ScalarAsync(source, "SELECT count(*) FROM resource WHERE date IS NOT NULL AND type = 'Device'"));
        Assert.Equal(0L, await ScalarAsync(source, "SELECT count(*) FROM resource_history"));
        Assert.Equal(6L, await ScalarAsync(source, "SELECT count(*) FROM resource WHERE version = 1 AND last_updated = '2026-03-01'"));
        Assert.Equal("Patient/p1", (await search.ReadAsync(["Patient/p1"], true, Stop))[0].Patient);

        async Task FindsAsync(string id, SearchCriterion criterion)
        {
            var type = id switch { "ecg" => "Observation", "p1" => "Patient", _ => "Provenance" };
            var page = await search.SearchAsync(new ResourceQuery(type, [criterion], [], 5, null), Stop);
            Assert.Equal(id, Assert.Single(page.Matches).Id);
        }

        async Task StoreAsync(string type, string id, string content, string? patient = null, string? identifier = null)
        {
            await using var command = source.CreateCommand("""
                INSERT INTO resource (type, id, version, last_updated, source_system, content, content_hash, patient, patient_identifier, codes, date, derived_from)
                VALUES ($1, $2, 1, '2026-03-01', '', $3::jsonb, '', $4, $5, '{}', now(), '{}')
                """);
            foreach (var value in new[] { type, id, content, patient, identifier })
            {
                command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
            }

            await command.ExecuteNonQueryAsync(Stop);
        }
    }

    [Fact]
    public async Task An_interrupted_run_is_taken_up_where_it_stopped()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var services = MigratedDatabase.CreateServices(database.ConnectionString, TimeProvider.System);
        var source = services.GetRequiredService<NpgsqlDataSource>();
        await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(Stop);
        await ExecuteAsync(source, """
            INSERT INTO resource (type, id, version, last_updated, source_system, content, content_hash, indexed)
            SELECT 'Device', to_char(i, 'FM0000'), 1, now(), '', '{"status": "active"}', '', 0 FROM generate_series(1, 1200) AS i
            """);
        await ExecuteAsync(source, "UPDATE search_index SET rules = 0");

        // Somebody holds a row of the second batch.
        await using (var other = await source.OpenConnectionAsync(Stop))
        {
            await using var transaction = await other.BeginTransactionAsync(Stop);
            await using var hold = new NpgsqlCommand("SELECT 1 FROM resource WHERE id = '0700' FOR UPDATE", other, transaction);
            await hold.ExecuteNonQueryAsync(Stop);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            await using var connection = await source.OpenConnectionAsync(Stop);
            var run = new Reindexer(connection, NullLogger.Instance).RunAsync(ended.Token);
            while (await ScalarAsync(source, "SELECT count(*) FROM resource WHERE indexed > 0") < Reindexer.BatchSize)
            {
                await Task.Yield();
            }

            await ended.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        }

        Assert.Equal(Reindexer.BatchSize, await ScalarAsync(source, "SELECT count(*) FROM resource WHERE indexed > 0"));
        await using (var connection = await source.OpenConnectionAsync(Stop))
        {
            await new Reindexer(connection, NullLogger.Instance).RunAsync(Stop);
        }

        Assert.Equal(1200L, await ScalarAsync(source, $"SELECT count(*) FROM resource WHERE indexed = {IndexEntry.Rules} AND status = 'active'"));
        Assert.Equal(IndexEntry.Rules, await ScalarAsync(source, "SELECT rules::bigint FROM search_index"));
    }

    [Fact]
    public async Task Names_that_the_rules_before_did_not_find_by_each_word_are_and_nothing_else_is_read_anew_for_it()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var services = MigratedDatabase.CreateServices(database.ConnectionString, TimeProvider.System);
        var source = services.GetRequiredService<NpgsqlDataSource>();
        await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(Stop);
        await ExecuteAsync(source, """
            INSERT INTO resource (type, id, version, last_updated, source_system, content, content_hash, patient, indexed)
            VALUES ('Patient', 'p', 1, now(), '', '{"name": [{"text": "山田　花子"}]}', '', 'Patient/p', 1),
                   ('Device', 'd', 1, now(), '', '{"status": "active"}', '', NULL, 1)
            """);
        await ExecuteAsync(source, "UPDATE search_index SET rules = 1");
        await using (var connection = await source.OpenConnectionAsync(Stop))
        {
            await new Reindexer(connection, NullLogger.Instance).RunAsync(Stop);
        }

        var found = await services.GetRequiredService<IFhirSearch>().SearchAsync(
            new ResourceQuery("Patient", [Where("Patient", "name", new TextValue("花子"))], [], 5, null), Stop);
        Assert.Equal("p", Assert.Single(found.Matches).Id);
        Assert.Equal(1L, await ScalarAsync(source, "SELECT indexed::bigint FROM resource WHERE type = 'Device'"));
    }

    [Theory]
    [InlineData("status = 'final'")]
    [InlineData("indexed = indexed + 1, content = '{}'")]
    [InlineData("indexed = indexed + 1, deleted = true")]
    [InlineData("indexed = indexed + 1, source_system = 'x'")]
    [InlineData("indexed = indexed + 1, last_updated = now()")]
    [InlineData("indexed = indexed + 1, patient = 'Patient/other'")]
    [InlineData("indexed = indexed - 1")]
    public async Task Nothing_but_the_index_changes_in_place(string change)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var services = MigratedDatabase.CreateServices(database.ConnectionString, TimeProvider.System);
        var source = services.GetRequiredService<NpgsqlDataSource>();
        await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(Stop);
        await ExecuteAsync(source, """
            INSERT INTO resource (type, id, version, last_updated, source_system, content, content_hash, patient, indexed)
            VALUES ('Task', 'x', 1, '2026-03-01', '', '{"a": 1}', '', 'Patient/p1', 1)
            """);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(source, "UPDATE resource SET " + change));
        Assert.Equal(PostgresErrorCodes.RestrictViolation, refused.SqlState);
        await ExecuteAsync(source, "UPDATE resource SET indexed = indexed + 1, status = 'final', tokens = '{x}', date = now()");
        Assert.Equal(0L, await ScalarAsync(source, "SELECT count(*) FROM resource_history"));
    }

    private static async Task MigrateToAsync(string migration, string connectionString)
    {
        await using var context = new EcgDbContext(new DbContextOptionsBuilder<EcgDbContext>().UseNpgsql(connectionString).Options);
        await context.GetService<IMigrator>().MigrateAsync(migration, Stop);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Stop);
    }

    private static async Task<long> ScalarAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Stop))!;
    }

    private static DateTimeOffset Day(int day) => new(2026, 3, day, 0, 0, 0, TimeSpan.FromHours(9));
}
