using EcgIntegration.Persistence.Search;
using static EcgIntegration.Persistence.Tests.Search.Searches;

namespace EcgIntegration.Persistence.Tests.Search;

public sealed class PagingTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private const string Type = "DiagnosticReport";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("date")]
    [InlineData("-date")]
    [InlineData("issued")]
    [InlineData("-issued")]
    [InlineData("date,issued")]
    [InlineData("date,-issued")]
    [InlineData("-date,issued")]
    [InlineData("-date,-issued")]
    [InlineData("issued,_id")]
    [InlineData("date,-_id")]
    [InlineData("_id,date")]
    [InlineData("-_id")]
    [InlineData("_lastUpdated,-date")]
    [InlineData("-_lastUpdated")]
    [InlineData("")]
    public async Task Any_order_is_total_in_pages_of_any_length(string sort)
    {
        var patient = Ecgs.NewId();
        var stored = new List<(string Id, string? Date, string? Issued, int Minute)>();
        foreach (var date in (string?[])["2026-01-01", "2026-01-02", null])
        {
            foreach (var issued in (string?[])["2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z", null])
            {
                for (var copy = 0; copy < 2; copy++)
                {
                    var minute = stored.Count % 4;
                    var id = await database.StoreAsync(Type, Members(patient, date, issued), at: database.Time.GetUtcNow().AddMinutes(minute));
                    stored.Add((id, date, issued, minute));
                }
            }
        }

        var expected = stored.OrderBy(_ => 0);
        var keys = sort.Split(',', StringSplitOptions.RemoveEmptyEntries);
        foreach (var key in keys.Length == 0 ? ["-date"] : keys)
        {
            var descending = key[0] == '-';
            Func<(string Id, string? Date, string? Issued, int Minute), string?> by = key.TrimStart('-') switch
            {
                "date" => row => row.Date,
                "issued" => row => row.Issued,
                "_id" => row => row.Id,
                _ => row => row.Minute.ToString(System.Globalization.CultureInfo.InvariantCulture),
            };
            expected = expected.ThenBy(row => by(row) is null);
            expected = descending ? expected.ThenByDescending(by, StringComparer.Ordinal) : expected.ThenBy(by, StringComparer.Ordinal);
        }

        var idsDescend = keys.Length == 0 || keys[0][0] == '-';
        expected = idsDescend ? expected.ThenByDescending(row => row.Id, StringComparer.Ordinal) : expected.ThenBy(row => row.Id, StringComparer.Ordinal);
        SortKey[] order = [.. keys.Select(key => By(Type, key.TrimStart('-'), key[0] == '-'))];
        foreach (var limit in new[] { 1, 4, 7, 100 })
        {
            // By the patient, by the status, and by nothing but a tag: the ways to the rows differ, the order does not.
            foreach (var criterion in new[] { Where(Type, "patient", new ReferenceValue(patient)), Where(Type, "code", Token(patient)), Where(Type, "status", Token(patient)) })
            {
                Assert.Equal(expected.Select(row => row.Id), await database.FindAsync(Type, [criterion], limit, order));
            }
        }
    }

    [Theory]
    [InlineData("date")]
    [InlineData("-date")]
    [InlineData("-_lastUpdated")]
    [InlineData("_id")]
    [InlineData("-issued,date")]
    [InlineData("status,-date")]
    public async Task Writes_meanwhile_neither_repeat_nor_lose_what_they_do_not_touch(string sort)
    {
        var patient = Ecgs.NewId();
        var kept = new List<string>();
        for (var i = 0; i < 24; i++)
        {
            kept.Add(await database.StoreAsync(
                Type,
                Members(patient, i % 5 == 0 ? null : $"2026-01-{1 + (i % 7):00}", i % 3 == 0 ? null : "2026-02-01T00:00:00Z"),
                at: database.Time.GetUtcNow().AddMinutes(i % 6)));
        }

        var moved = await database.StoreAsync(Type, Members(patient, "2026-01-03", null));
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var writes = 0;
        var writer = Task.Run(
            async () =>
            {
                for (; !enough.IsCancellationRequested; Interlocked.Increment(ref writes))
                {
                    await database.StoreAsync(Type, Members(patient, $"2026-01-{1 + (writes % 9):00}", null), at: database.Time.GetUtcNow().AddMinutes(writes % 9));
                    await database.StoreAsync(Type, Members(patient, $"2026-01-{1 + (writes % 9):00}", $"2026-02-{1 + (writes % 9):00}"), moved);
                }
            },
            Stop);
        SortKey[] order = [.. sort.Split(',').Select(key => By(Type, key.TrimStart('-'), key[0] == '-'))];
        var seen = new List<string>();
        SearchPlace? after = null;
        do
        {
            var query = new ResourceQuery(Type, [Where(Type, "patient", new ReferenceValue(patient))], order, 3, after);
            var page = await database.Get<IFhirSearch>().SearchAsync(query, Stop);
            seen.AddRange(page.Matches.Select(match => match.Id));
            after = page.Next;
            var before = Volatile.Read(ref writes);
            SpinWait.SpinUntil(() => Volatile.Read(ref writes) > before || writer.IsCompleted);
        }
        while (after is not null && seen.Count < 2_000 && seen.Intersect(kept).Count() < kept.Count);
        await enough.CancelAsync();
        await writer;
        Assert.Equal(kept.Order(StringComparer.Ordinal), seen.Where(kept.Contains).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_page_of_none_reads_none_and_the_last_page_says_so()
    {
        var patient = Ecgs.NewId();
        await database.StoreAsync(Type, Members(patient, "2026-01-01", null));
        await database.StoreAsync(Type, Members(patient, null, null));
        var query = new ResourceQuery(Type, [Where(Type, "patient", new ReferenceValue(patient))], [], 0, null);
        var none = await database.Get<IFhirSearch>().SearchAsync(query, Stop);
        Assert.Empty(none.Matches);
        Assert.Null(none.Next);
        Assert.NotNull((await database.Get<IFhirSearch>().SearchAsync(query with { Limit = 1 }, Stop)).Next);
        Assert.Null((await database.Get<IFhirSearch>().SearchAsync(query with { Limit = 2 }, Stop)).Next);
        Assert.Equal(2, await database.Get<IFhirSearch>().CountAsync(query, Stop));
    }

    [Fact]
    public async Task A_place_of_another_search_is_refused()
    {
        foreach (var place in new SearchPlace[]
        {
            new([], "x"), new(["2026"], "x"), new(["x' OR '1'='1"], "x"), new([null, null], "x"),
        })
        {
            var query = new ResourceQuery(Type, [], [By(Type, "date")], 5, place);
            await Assert.ThrowsAsync<FormatException>(() => database.Get<IFhirSearch>().SearchAsync(query, Stop));
        }

        await Assert.ThrowsAsync<FormatException>(() => database.Get<IFhirSearch>().SearchAsync(
            new ResourceQuery(Type, [], [By(Type, "_lastUpdated")], 5, new SearchPlace([null], "x")), Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => database.Get<IFhirSearch>().SearchAsync(
            new ResourceQuery(Type, [], [By(Type, "code")], 5, null), Stop));
    }

    private static string Members(string patient, string? date, string? issued) => $$"""
        "subject": {"reference": "Patient/{{patient}}"}, "status": "{{patient}}", "code": {"coding": [{"code": "{{patient}}"}]}
        {{(date is null ? "" : $", \"effectiveDateTime\": \"{date}\"")}}{{(issued is null ? "" : $", \"issued\": \"{issued}\"")}}
        """;

    [Theory]
    [InlineData("priority")]
    [InlineData("-priority")]
    [InlineData("status")]
    [InlineData("-status,priority")]
    [InlineData("priority,-authored-on")]
    [InlineData("priority,authored-on,_id")]
    [InlineData("authored-on,-priority")]
    public async Task Priority_goes_by_urgency_and_status_by_code_whichever_way_the_rows_are_found(string sort)
    {
        var patient = Ecgs.NewId();
        var stored = new List<(string Id, string? Status, int Rank, string? Date)>();
        foreach (var (priority, rank) in new (string?, int)[] { ("routine", 3), ("asap", 1), ("stat", 0), (null, 3), ("urgent", 2) })
        {
            foreach (var status in (string?[])["requested", "accepted", null])
            {
                foreach (var date in (string?[])["2026-01-02", "2026-01-01", null])
                {
                    var id = await database.StoreAsync("Task", $$"""
                        "for": {"reference": "Patient/{{patient}}"}, "code": {"coding": [{"code": "{{patient}}"}]}
                        {{(status is null ? "" : $", \"status\": \"{status}\"")}}{{(priority is null ? "" : $", \"priority\": \"{priority}\"")}}
                        {{(date is null ? "" : $", \"authoredOn\": \"{date}\"")}}
                        """);
                    stored.Add((id, status, rank, date));
                }
            }
        }

        var keys = sort.Split(',');
        var expected = stored.OrderBy(_ => 0);
        foreach (var key in keys)
        {
            Func<(string Id, string? Status, int Rank, string? Date), string?> by = key.TrimStart('-') switch
            {
                "priority" => row => row.Rank.ToString(System.Globalization.CultureInfo.InvariantCulture),
                "status" => row => row.Status,
                "authored-on" => row => row.Date,
                _ => row => row.Id,
            };
            expected = expected.ThenBy(row => by(row) is null);
            expected = key[0] == '-' ? expected.ThenByDescending(by, StringComparer.Ordinal) : expected.ThenBy(by, StringComparer.Ordinal);
        }

        var idsDescend = (Array.Find(keys, key => key.TrimStart('-') == "authored-on") ?? keys[0])[0] == '-';
        expected = idsDescend ? expected.ThenByDescending(row => row.Id, StringComparer.Ordinal) : expected.ThenBy(row => row.Id, StringComparer.Ordinal);
        SortKey[] order = [.. keys.Select(key => By("Task", key.TrimStart('-'), key[0] == '-'))];
        foreach (var limit in new[] { 1, 7, 100 })
        {
            Assert.Equal(expected.Select(row => row.Id), await database.FindAsync("Task", [Where("Task", "patient", new ReferenceValue(patient))], limit, order));
            Assert.Equal(expected.Select(row => row.Id), await database.FindAsync("Task", [Where("Task", "code", Token(patient))], limit, order));
            Assert.Equal(
                expected.Where(row => row.Status == "requested").Select(row => row.Id),
                await database.FindAsync("Task", [Where("Task", "status", Token("requested")), Where("Task", "code", Token(patient))], limit, order));
            Assert.Equal(
                expected.Where(row => row is { Rank: 2, Status: "requested" or "accepted" }).Select(row => row.Id),
                await database.FindAsync(
                    "Task",
                    [Where("Task", "status", Token("requested"), Token("accepted")), Where("Task", "priority", Token("urgent")), Where("Task", "code", Token(patient))],
                    limit,
                    order));

            // Other cases of this test have stored theirs: of all there are, these come in the same order.
            var all = await database.FindAsync("Task", [], limit * 10, order);
            Assert.Equal(expected.Select(row => row.Id), all.Where(id => stored.Exists(row => row.Id == id)));
            Assert.Equal(all.Count, all.Distinct().Count());
        }
    }

}
