using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Search;
using Npgsql;

namespace EcgIntegration.Persistence.Tests.Resources;

public sealed class FhirStoreTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reports_of_a_patient_come_newest_first_page_by_page_whatever_arrives_meanwhile()
    {
        var patient = "Patient/" + Ecgs.NewId();
        for (var day = 1; day <= 5; day++)
        {
            await StoreReportAsync($"{patient[8..]}-{day}", patient, $"2026-01-0{day}");
        }

        await StoreReportAsync(Ecgs.NewId(), "Patient/somebody-else", "2026-01-03");
        var seen = new List<string>();
        SearchPlace? place = null;
        do
        {
            var page = await SearchAsync("DiagnosticReport", SearchModifier.None, new ReferenceValue(patient), 2, place);
            seen.AddRange(page.Matches.Select(resource => resource.Id[^1..]));
            place = page.Next;
            await StoreReportAsync(Ecgs.NewId(), patient, "2027-01-01");
        }
        while (place is not null);

        Assert.Equal(["5", "4", "3", "2", "1"], seen);
    }

    [Fact]
    public async Task Resources_of_one_moment_are_paged_without_gap_or_repetition()
    {
        var patient = "Patient/" + Ecgs.NewId();
        for (var i = 0; i < 4; i++)
        {
            await StoreReportAsync(Ecgs.NewId(), patient, "2026-01-01T00:00:00Z");
        }

        var first = await SearchAsync("DiagnosticReport", SearchModifier.None, new ReferenceValue(patient), 3, null);
        var second = await SearchAsync("DiagnosticReport", SearchModifier.None, new ReferenceValue(patient), 3, first.Next);
        Assert.Null(second.Next);
        Assert.Equal(4, first.Matches.Concat(second.Matches).Select(resource => resource.Id).Distinct().Count());
    }

    [Theory]
    [InlineData("\"subject\": {\"identifier\": {\"system\": \"urn:mrn\", \"value\": \"42\"}}", null, "urn:mrn|42")]
    [InlineData("\"contained\": [{\"resourceType\": \"Patient\", \"id\": \"p\", \"identifier\": [{\"value\": \"43\"}]}], \"subject\": {\"reference\": \"#p\"}", null, "|43")]
    [InlineData("\"subject\": {\"reference\": \"http://ehr/fhir/Patient/9/_history/2\"}", "http://ehr/fhir/Patient/9", null)]
    [InlineData("\"subject\": {\"reference\": \"Group/1\"}", null, null)]
    [InlineData("\"for\": {\"reference\": \"Patient/7/_history/1\"}", "Patient/7", null)]
    public async Task Patients_are_found_under_the_form_they_are_searched_by(string member, string? reference, string? identifier)
    {
        var id = Ecgs.NewId();
        await StoreAsync("Task", id, $$"""{"resourceType": "Task", "status": "requested", "priority": "urgent", {{member}} }""");
        Assert.Equal(reference, await database.ScalarAsync<string>("SELECT patient FROM resource WHERE id = $1", id));
        Assert.Equal(identifier, await database.ScalarAsync<string>("SELECT patient_identifier FROM resource WHERE id = $1", id));
        Assert.Equal("urgent", await database.ScalarAsync<string>("SELECT priority FROM resource WHERE id = $1", id));
        if (identifier is not null)
        {
            var page = await SearchAsync("Task", SearchModifier.Identifier, new TokenValue(identifier.Split('|')[0], identifier.Split('|')[1]), 10, null);
            Assert.Equal(id, Assert.Single(page.Matches).Id);
        }
    }

    [Fact]
    public async Task Search_fields_too_long_for_an_index_are_left_out_and_the_resource_is_stored()
    {
        var id = Ecgs.NewId();
        await StoreAsync("Task", id, $$"""{"resourceType": "Task", "for": {"reference": "http://x/{{new string('y', 10_000)}}"} }""");
        Assert.Null((await database.Store.ReadAsync("Task", id, Stop))!.Patient);
    }

    [Fact]
    public async Task History_and_waveforms_cannot_be_changed_or_removed()
    {
        var id = Ecgs.NewId();
        await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id), id), Stop);
        await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(id, status: "amended"), id), Stop);
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM resource_history WHERE id = $1", id));
        foreach (var sql in new[]
        {
            "UPDATE resource_history SET content = '{}'", "DELETE FROM resource_history", "TRUNCATE resource_history",
            "UPDATE waveform SET samples_sha256 = ''", "DELETE FROM waveform", "TRUNCATE waveform",
            "UPDATE samples SET data = ''", "DELETE FROM samples", "TRUNCATE samples",
            "DELETE FROM resource", "TRUNCATE resource", "UPDATE resource SET content = '{}'",
            "UPDATE resource SET version = version + 1, patient = 'Patient/other'",
        })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync(sql));
            Assert.Equal(PostgresErrorCodes.RestrictViolation, refused.SqlState);
        }
    }

    [Fact]
    public async Task The_same_samples_are_stored_once()
    {
        var data = $"7 8 {Random.Shared.Next(1 << 30)}";
        var first = Ecgs.NewId();
        var second = Ecgs.NewId();
        await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(first, "Patient/one", data), first), Stop);
        await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(first, "Patient/one", data, "amended"), first), Stop);
        await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(second, "Patient/two", data), second), Stop);

        Assert.Equal(3L, await database.ScalarAsync<long>("SELECT count(*) FROM waveform WHERE id IN ($1, $2)", first, second));
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(DISTINCT samples_sha256) FROM waveform WHERE id IN ($1, $2)", first, second));
        foreach (var stored in new[]
        {
            await database.Store.ReadVersionAsync("Observation", first, 1, Stop), await database.Store.ReadAsync("Observation", first, Stop),
            await database.Store.ReadAsync("Observation", second, Stop),
        })
        {
            Assert.Contains($"\"data\":\"{data}\"", System.Text.Encoding.UTF8.GetString(stored!.Json.Span), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_search_goes_through_the_patient_index()
    {
        var plan = new System.Text.StringBuilder();
        await using var connection = await database.Get<NpgsqlDataSource>().OpenConnectionAsync(Stop);
        await using (var off = new NpgsqlCommand("SET enable_seqscan = off; SET enable_bitmapscan = off", connection))
        {
            await off.ExecuteNonQueryAsync(Stop);
        }

        await using var explain = new NpgsqlCommand(
            "EXPLAIN SELECT id FROM resource WHERE type = 'DiagnosticReport' AND patient = 'Patient/1' AND (date, id) < (now(), 'x') ORDER BY date DESC, id DESC LIMIT 3",
            connection);
        await using var reader = await explain.ExecuteReaderAsync(Stop);
        while (await reader.ReadAsync(Stop))
        {
            plan.AppendLine(reader.GetString(0));
        }

        Assert.Contains("ix_resource_patient", plan.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Sort", plan.ToString(), StringComparison.Ordinal);
    }

    private Task<SearchPage> SearchAsync(string type, SearchModifier modifier, SearchValue patient, int limit, SearchPlace? after) =>
        database.Get<IFhirSearch>().SearchAsync(
            new ResourceQuery(type, [new SearchCriterion(SearchParameters.Find(type, "patient")!, modifier, [patient])], [], limit, after), Stop);

    private Task StoreReportAsync(string id, string patient, string date) => StoreAsync("DiagnosticReport", id, Ecgs.Report(patient, date));

    private async Task StoreAsync(string type, string id, string json)
    {
        var ecg = Ecgs.NewId();
        var received = await database.Ledger.ReceiveAsync(Ecgs.Study(Ecgs.Observation(ecg), ecg), Stop);
        await database.Ledger.CompleteAsync(
            received.Entry.EventId, Ecgs.Completion(id) with { Resources = [new NewResource(type, id, Ecgs.Utf8(json))] }, Stop);
    }
}
