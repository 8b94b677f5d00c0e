using EcgIntegration.Persistence.Audit;
using EcgIntegration.Persistence.Search;

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
