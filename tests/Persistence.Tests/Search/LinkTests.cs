using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Search;
using Npgsql;
using static EcgIntegration.Persistence.Tests.Search.Searches;

namespace EcgIntegration.Persistence.Tests.Search;

public sealed class LinkTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IFhirSearch Search => database.Get<IFhirSearch>();

    [Fact]
    public async Task What_is_referred_to_is_read_in_its_current_version()
    {
        var device = await database.StoreAsync("Device", "\"status\": \"active\"");
        await database.StoreAsync("Device", "\"status\": \"inactive\"", device);
        var task = await database.StoreAsync("Task", "\"status\": \"requested\"");
        var read = await Search.ReadAsync(
            [$"Device/{device}/_history/1", $"Device/{device}", $"Task/{task}", $"Task/{device}", "http://other/Device/x", "#c", "", "Device/none"], true, Stop);
        Assert.Equal([("Device", device, 2), ("Task", task, 1)], read.Select(resource => (resource.Type, resource.Id, resource.Version)));
        Assert.Empty(await Search.ReadAsync([], true, Stop));
    }

    [Fact]
    public async Task What_refers_is_found_whichever_version_it_names()
    {
        var targets = Enumerable.Range(0, 300).Select(_ => Ecgs.NewId()).ToList();
        var first = await database.StoreAsync("Provenance", $$"""
            "target": [{"reference": "DiagnosticReport/{{targets[0]}}/_history/3"}, {"reference": "Task/{{targets[1]}}"}]
            """);
        var second = await database.StoreAsync("Provenance", $$"""
            "target": [{"reference": "DiagnosticReport/{{targets[0]}}"}]
            """);
        await database.StoreAsync("Provenance", $$"""
            "target": [{"reference": "Task/{{targets[0]}}"}]
            """);
        var parameter = Parameter("Provenance", "target");
        var asked = targets.Select(target => "DiagnosticReport/" + target).Append("Task/" + targets[1]).ToList();
        var found = await Search.ReferringAsync("Provenance", parameter, asked, 10, true, Stop);
        Assert.Equal(new[] { first, second }.Order(StringComparer.Ordinal), found.Select(resource => resource.Id));
        Assert.Single(await Search.ReferringAsync("Provenance", parameter, asked, 1, true, Stop));
        Assert.Empty(await Search.ReferringAsync("Provenance", parameter, [], 10, true, Stop));
        Assert.Empty(await Search.ReferringAsync("Task", Parameter("Task", "focus"), asked, 10, true, Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => Search.ReferringAsync("Task", Parameter("Task", "status"), asked, 10, true, Stop));
    }

    [Fact]
    public async Task What_refers_to_a_patient_is_found_by_the_patient()
    {
        var patient = Ecgs.NewId();
        var id = await database.StoreAsync("Observation", $$"""
            "subject": {"reference": "Patient/{{patient}}"}
            """);
        foreach (var name in new[] { "patient", "subject" })
        {
            var found = await Search.ReferringAsync("Observation", Parameter("Observation", name), ["Patient/" + patient, "Patient/none"], 5, true, Stop);
            Assert.Equal(id, Assert.Single(found).Id);
        }
    }

    [Fact]
    public async Task Without_samples_the_waveforms_are_not_read()
    {
        var (id, patient) = (Ecgs.NewId(), Ecgs.NewId());
        await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id, "Patient/" + patient), id), Stop);
        var query = new ResourceQuery("Observation", [Where("Observation", "patient", new ReferenceValue(patient))], [], 5, null);
        Assert.Contains("1 -2 3 E 0.50", Json(Assert.Single((await Search.SearchAsync(query, Stop)).Matches)), StringComparison.Ordinal);

        await using var connection = await database.Get<NpgsqlDataSource>().OpenConnectionAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        await using var barred = new NpgsqlCommand("LOCK TABLE waveform IN ACCESS EXCLUSIVE MODE", connection, transaction);
        await barred.ExecuteNonQueryAsync(Stop);
        var without = Assert.Single((await Search.SearchAsync(query with { WithSamples = false }, Stop)).Matches);
        Assert.Contains("valueSampledData", Json(without), StringComparison.Ordinal);
        Assert.DoesNotContain("\"data\"", Json(without), StringComparison.Ordinal);
        Assert.Single(await Search.ReadAsync(["Observation/" + id], false, Stop));
        Assert.Single(await Search.ReferringAsync("Observation", Parameter("Observation", "patient"), ["Patient/" + patient], 5, false, Stop));
        Assert.Single((await Search.HistoryAsync(new HistoryQuery("Observation", id, null, 5, null) { WithSamples = false }, Stop)).Versions);
    }

    [Fact]
    public async Task A_result_is_found_with_its_provenance_under_the_patient()
    {
        foreach (var (subject, asked) in new[]
        {
            ("\"reference\": \"Patient/whose\"", Where("Provenance", "patient", new ReferenceValue("Patient/whose"))),
            ("\"identifier\": {\"system\": \"urn:mrn\", \"value\": \"whose\"}", Where("Provenance", "patient", SearchModifier.Identifier, Token("urn:mrn|whose"))),
        })
        {
            var (ecg, report, provenance, device) = (Ecgs.NewId(), Ecgs.NewId(), Ecgs.NewId(), Ecgs.NewId());
            var received = await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(ecg), ecg), Stop);
            await database.Ledger.CompleteAsync(
                received.Entry.EventId,
                Ecgs.Completion(report, device: device) with
                {
                    Resources =
                    [
                        new("Device", device, Ecgs.Utf8("""{"resourceType": "Device"}"""), KeepExisting: true),
                        new("DiagnosticReport", report, Ecgs.Utf8($$"""{"resourceType": "DiagnosticReport", "subject": { {{subject}} } }""")),
                        new("Provenance", provenance, Ecgs.Utf8($$"""{"resourceType": "Provenance", "target": [{"reference": "DiagnosticReport/{{report}}/_history/1"}]}""")),
                    ],
                },
                Stop);
            Assert.Equal([provenance], await database.FindAsync("Provenance", [asked]));
            Assert.Null((await database.Store.ReadAsync("Device", device, Stop))!.Patient);
        }
    }

    [Fact]
    public async Task A_search_in_a_transaction_sees_what_that_has_written()
    {
        var key = Ecgs.NewId();
        var query = new ResourceQuery("Device", [Where("Device", "identifier", Token("urn:i|" + key))], [], 2, null);
        await using var connection = await database.Get<NpgsqlDataSource>().OpenConnectionAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        using var device = PreparedResource.From("Device", Ecgs.Utf8($$"""
            {"resourceType": "Device", "identifier": [{"system": "urn:i", "value": "{{key}}"}]}
            """));
        Assert.Equal(0, await SearchReader.CountAsync(connection, query, database.Time.GetUtcNow(), Stop));
        Assert.True(await ResourceWriter.TryInsertAsync(connection, new ResourceWrite(device, key, "ehr", database.Time.GetUtcNow()), Stop));
        Assert.Equal(1, await SearchReader.CountAsync(connection, query, database.Time.GetUtcNow(), Stop));
        Assert.Equal(key, Assert.Single((await SearchReader.SearchAsync(connection, query, database.Time.GetUtcNow(), Stop)).Matches).Id);
        Assert.Equal(0, await Search.CountAsync(query, Stop));
    }

    private static string Json(StoredResource resource) => System.Text.Encoding.UTF8.GetString(resource.Json.Span);
}
