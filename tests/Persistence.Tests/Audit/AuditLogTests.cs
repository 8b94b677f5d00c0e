using EcgIntegration.Persistence.Audit;
using EcgIntegration.Persistence.Tests.Search;
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
    public async Task A_record_of_several_patients_is_one_link_of_the_chain_with_all_of_them()
    {
        await _database.Audit.RecordAsync(new AuditRecord("dr-sato", "read", "Observation/1", "Patient/p1", 1), Stop);
        await _database.Audit.RecordAsync(new AuditRecord("dr-sato", "search", "Task", "Patient/p1", 3) { OtherPatients = ["Patient/p2", "Patient/p1", "urn:mrn|3"] }, Stop);
        Assert.Null(await _database.Audit.FindBreakAsync(Stop));
        Assert.Equal("Patient/p2 urn:mrn|3", await _database.ScalarAsync<string>("SELECT array_to_string(other_patients, ' ') FROM audit WHERE sequence = 2"));

        await _database.ExecuteAsync("ALTER TABLE audit DISABLE TRIGGER no_change");
        await _database.ExecuteAsync("UPDATE audit SET other_patients = ARRAY['Patient/p2'] WHERE sequence = 2");
        Assert.Equal(2, await _database.Audit.FindBreakAsync(Stop));
    }

    [Fact]
    public async Task Of_resources_that_name_their_patient_by_an_identifier_the_database_tells_whose_they_are()
    {
        await _database.StoreAsync("Observation", """ "subject": {"identifier": {"system": "urn:mrn", "value": "7"}} """, "o7");
        await _database.StoreAsync("Observation", """ "subject": {"reference": "Patient/p8"} """, "o8");
        await _database.StoreAsync("Device", "", "d1");
        var record = new AuditRecord("dr-sato", "search", "Observation", "Patient/p8", 3);
        await _database.Audit.RecordAsync(record, new AuditedResources(["Observation/o7", "Observation/o8", "Device/d1", "Observation/none"]), Stop);
        await _database.Audit.RecordAsync(record with { Patient = null }, new AuditedResources(["Device/d1"]), Stop);

        Assert.Equal("Patient/p8 urn:mrn|7", await _database.ScalarAsync<string>("SELECT concat_ws(' ', patient, array_to_string(other_patients, ' ')) FROM audit WHERE sequence = 1"));
        Assert.True(await _database.ScalarAsync<bool>("SELECT patient IS NULL AND other_patients IS NULL FROM audit WHERE sequence = 2"));
        Assert.Null(await _database.Audit.FindBreakAsync(Stop));
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
