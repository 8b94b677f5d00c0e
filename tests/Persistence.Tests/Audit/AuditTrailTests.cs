using EcgIntegration.Persistence.Audit;
using EcgIntegration.Persistence.Search;
using Npgsql;

namespace EcgIntegration.Persistence.Tests.Audit;

/// <summary>Searches of audit records; by each parameter in the worker's AuditEventTests.</summary>
public sealed class AuditTrailTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IAuditTrail Trail => database.Get<IAuditTrail>();

    [Fact]
    public async Task Pages_go_on_in_either_direction_while_records_are_made()
    {
        var actor = Ecgs.NewId();
        for (var number = 0; number < 5; number++)
        {
            await RecordAsync(actor, number);
        }

        foreach (var (descending, expected) in new[] { (true, new[] { 4, 3, 2, 1, 0 }), (false, new[] { 0, 1, 2, 3, 4 }) })
        {
            var seen = new List<int>();
            SearchPlace? place = null;
            do
            {
                var page = await Trail.SearchAsync(Query(actor, descending, 2, place), Stop);
                Assert.InRange(page.Entries.Count, 1, 2);
                seen.AddRange(page.Entries.Select(entry => entry.Record.Results));
                place = page.Next;
                await RecordAsync("somebody else", 9);
            }
            while (place is not null);

            Assert.Equal(expected, seen);
        }

        Assert.Equal(5, await Trail.CountAsync(Query(actor, false, 1, null), Stop));
    }

    [Fact]
    public async Task A_record_is_read_by_its_number_as_it_was_made()
    {
        var made = new AuditRecord(Ecgs.NewId(), "read", "Observation/1", "Patient/1", 1);
        await database.Audit.RecordAsync(made, Stop);
        var found = Assert.Single((await Trail.SearchAsync(Query(made.Actor, true, 1, null), Stop)).Entries);
        Assert.Equal(made, found.Record);
        Assert.Equal(found, await Trail.ReadAsync(found.Sequence, Stop));
        Assert.Null(await Trail.ReadAsync(0, Stop));
    }

    [Fact]
    public async Task A_record_is_found_under_each_of_its_patients()
    {
        var (actor, one, other) = (Ecgs.NewId(), Ecgs.NewId(), Ecgs.NewId());
        var made = new AuditRecord(actor, "search", "Task", $"Patient/{one}", 2) { OtherPatients = [$"Patient/{other}", $"urn:mrn|{other}"] };
        await database.Audit.RecordAsync(made, Stop);
        foreach (var (modifier, value) in new (SearchModifier, SearchValue)[]
        {
            (SearchModifier.None, new ReferenceValue($"Patient/{one}")), (SearchModifier.None, new ReferenceValue($"Patient/{other}")),
            (SearchModifier.Identifier, new TokenValue("urn:mrn", other)), (SearchModifier.Identifier, new TokenValue(null, other)),
        })
        {
            var query = new ResourceQuery("AuditEvent", [new SearchCriterion(Find("patient"), modifier, [value])], [new SortKey(Find("date"), true)], 5, null);
            Assert.Equal(made.Patients, Assert.Single((await Trail.SearchAsync(query, Stop)).Entries).Record.Patients);
        }
    }

    [Fact]
    public async Task Between_two_dates_no_more_is_read_than_lies_between_them()
    {
        await database.ExecuteAsync("""
            ALTER TABLE audit DISABLE TRIGGER chain;
            INSERT INTO audit SELECT i, timestamptz '2020-01-01' + i * interval '1 second', 'bulk', 'read', 'Observation/1', NULL, 1, '' FROM generate_series(1000000, 1040000) AS i;
            ALTER TABLE audit ENABLE TRIGGER chain;
            ANALYZE audit
            """);
        var from = new DateTimeOffset(2020, 1, 12, 20, 0, 0, TimeSpan.Zero);
        var day = new SearchCriterion(Find("date"), SearchModifier.None, [new DateValue(DatePrefix.Eq, from, from.AddHours(1))]);
        var query = new ResourceQuery("AuditEvent", [day], [new SortKey(Find("date"), true)], 20, null);
        var page = await Trail.SearchAsync(query, Stop);
        var next = await Trail.SearchAsync(query with { After = page.Next }, Stop);

        Assert.Equal((20, 20), (page.Entries.Count, next.Entries.Count));
        Assert.True(page.Entries[0].At < from.AddHours(1) && next.Entries[0].Sequence == page.Entries[^1].Sequence - 1);
        Assert.Equal(3600, await Trail.CountAsync(query, Stop));
        var parameters = new SqlParameters();
        await using var connection = await database.Get<NpgsqlDataSource>().OpenConnectionAsync(Stop);
        await using var explain = parameters.Command(connection, "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) " + PostgresAuditTrail.Page(query with { After = page.Next }, parameters, from));
        await using var lines = await explain.ExecuteReaderAsync(Stop);
        var plan = "";
        while (await lines.ReadAsync(Stop))
        {
            plan += lines.GetString(0) + "\n";
        }

        Assert.Contains("Index Scan Backward using ix_audit_at on audit a (actual rows=21", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_foreign_place_is_refused() => await Assert.ThrowsAsync<FormatException>(
        () => Trail.SearchAsync(Query("x", true, 1, new SearchPlace(["x"], "ecg-1")), Stop));

    private static ResourceQuery Query(string actor, bool descending, int limit, SearchPlace? after) => new(
        "AuditEvent",
        [new SearchCriterion(Find("altid"), SearchModifier.None, [new TokenValue(null, actor)])],
        [new SortKey(Find("date"), descending)],
        limit,
        after);

    private static SearchParameter Find(string name) => SearchParameters.Find("AuditEvent", name)!;

    private Task RecordAsync(string actor, int results) =>
        database.Audit.RecordAsync(new AuditRecord(actor, "read", "Observation/1", null, results), Stop);
}
