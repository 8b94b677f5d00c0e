using EcgIntegration.Persistence.Audit;
using EcgIntegration.TestKit;
using Npgsql;

namespace EcgIntegration.Persistence.Tests.Audit;

/// <summary>A chain is made of all that was ever recorded: each test has a database of its own.</summary>
public sealed class AuditLogTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly MigratedDatabase _database = new(postgres);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _database.InitializeAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Records_form_a_chain_and_a_changed_or_missing_one_breaks_it()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            _database.Audit.RecordAsync(new AuditRecord("dr-sato", "read", $"Observation/{i}", "Patient/p1", 1), Stop)));
        Assert.Null(await _database.Audit.FindBreakAsync(Stop));
        Assert.Equal(20L, await _database.ScalarAsync<long>("SELECT max(sequence) FROM audit"));

        foreach (var sql in new[] { "UPDATE audit SET actor = 'nobody'", "DELETE FROM audit", "TRUNCATE audit" })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => _database.ExecuteAsync(sql));
            Assert.Equal(PostgresErrorCodes.RestrictViolation, refused.SqlState);
        }

        // Who owns the table can switch the trigger off; the chain still tells.
        await _database.ExecuteAsync("ALTER TABLE audit DISABLE TRIGGER no_change");
        await _database.ExecuteAsync("UPDATE audit SET patient = 'Patient/p2' WHERE sequence = 7");
        Assert.Equal(7, await _database.Audit.FindBreakAsync(Stop));
        await _database.ExecuteAsync("UPDATE audit SET patient = 'Patient/p1' WHERE sequence = 7");
        Assert.Null(await _database.Audit.FindBreakAsync(Stop));
        await _database.ExecuteAsync("DELETE FROM audit WHERE sequence = 5");
        Assert.Equal(6, await _database.Audit.FindBreakAsync(Stop));
    }

    [Fact]
    public async Task Number_time_and_hash_are_the_database_s_own_whatever_is_inserted()
    {
        await using var other = await _database.Get<NpgsqlDataSource>().OpenConnectionAsync(Stop);
        await using var insert = new NpgsqlCommand(
            "INSERT INTO audit VALUES (999, '1999-01-01', 'forger', 'read', 'X', NULL, 0, 'x') RETURNING sequence < 999 AND at > '2020-01-01' AND octet_length(hash) = 32", other);
        Assert.Equal(true, await insert.ExecuteScalarAsync(Stop));
    }
}
