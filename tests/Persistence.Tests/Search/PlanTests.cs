using EcgIntegration.Persistence.Search;
using Npgsql;
using static EcgIntegration.Persistence.Tests.Search.Searches;

namespace EcgIntegration.Persistence.Tests.Search;

/// <summary>That a page is read by the index made for it, in a database that is large enough to make the server choose.</summary>
public sealed class PlanTests(PlanTests.Filled database) : IClassFixture<PlanTests.Filled>
{
    private const string Task = "Task";

    /// <summary>A search, and the index that leads to its rows.</summary>
    public static TheoryData<string, string> Ways => new()
    {
        { "patient", "ix_resource_patient" },
        { "patient and a common code", "ix_resource_patient" },
        { "patient's identifier", "ix_resource_patient_identifier" },
        { "one status and one priority, newest", "ix_resource_status" },
        { "one status and one priority, oldest", "ix_resource_status" },
        { "lists of status and priority", "ix_resource_status" },
        { "status", "ix_resource_status" },
        { "priority", "ix_resource_status" },
        { "status that none has", "ix_resource_status" },
        { "since", "ix_resource_date" },
        { "stored since", "ix_resource_last_updated" },
        { "modified", "ix_resource_stamped" },
        { "focus", "ix_resource_tokens" },
        { "common code", "ix_resource_date" },
        { "open ones by priority", "ix_resource_status" },
        { "all by priority", "ix_resource_status" },
        { "all by status", "ix_resource_status" },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_page_costs_its_own_length(string search, string index)
    {
        var query = Query(search);
        var order = SortOrder.Of(query);
        var parameters = new SqlParameters();
        var sql = new PageSql(query, parameters, DateTimeOffset.UnixEpoch).Page(order, order.Stretches().First(), query.Limit + 1, walk: true);
        await using var connection = await database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var command = parameters.Command(connection, "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF) " + sql);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var plan = new System.Text.StringBuilder();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            plan.AppendLine(reader.GetString(0));
        }

        Assert.Contains(index, plan.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan on resource", plan.ToString(), StringComparison.Ordinal);
        // The first line of buffers is that of all there is: 21 rows, each looked up twice by four pages, and the ways to them.
        var buffers = System.Text.RegularExpressions.Regex.Matches(plan.ToString().Split("Buffers: ")[1].Split('\n')[0], @"(hit|read)=(\d+)")
            .Sum(match => int.Parse(match.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(buffers < 700, $"{buffers} pages were read:\n{plan}");
    }

    [Fact]
    public async Task What_lies_only_at_the_far_end_of_an_order_is_gathered()
    {
        var found = await database.Database.FindAsync(Task, [Where(Task, "code", Token("old"))], 7, By(Task, "authored-on", descending: true));
        Assert.Equal(400, found.Count);
        Assert.Equal(found.OrderDescending(StringComparer.Ordinal), found);
        Assert.Empty(await database.Database.FindAsync(Task, [Where(Task, "code", Token("never"))], 7, By(Task, "authored-on", descending: true)));
    }

    private static ResourceQuery Query(string search)
    {
        var since = new DateValue(DatePrefix.Ge, new(2026, 1, 20, 0, 0, 0, TimeSpan.Zero), new(2026, 1, 21, 0, 0, 0, TimeSpan.Zero));
        SortKey[] newest = [By(Task, "authored-on", descending: true)];
        SortKey[] oldest = [By(Task, "authored-on")];
        var patient = Where(Task, "patient", new ReferenceValue("Patient/p7"));
        (SearchCriterion[] Criteria, SortKey[] Sort) asked = search switch
        {
            "patient" => ([patient], newest),
            "patient and a common code" => ([patient, Where(Task, "code", Token("urn:c|all"))], newest),
            "patient's identifier" => ([Where(Task, "patient", SearchModifier.Identifier, Token("7"))], newest),
            "one status and one priority, newest" => ([Where(Task, "status", Token("requested")), Where(Task, "priority", Token("urgent"))], newest),
            "one status and one priority, oldest" => ([Where(Task, "status", Token("requested")), Where(Task, "priority", Token("urgent"))], oldest),
            "lists of status and priority" =>
                ([Where(Task, "status", Token("requested"), Token("received")), Where(Task, "priority", Token("urgent"), Token("stat"), Token("asap"))], oldest),
            "status" => ([Where(Task, "status", Token("requested"))], oldest),
            "priority" => ([Where(Task, "priority", Token("stat"))], newest),
            "status that none has" => ([Where(Task, "status", Token("failed")), Where(Task, "priority", Token("urgent"))], newest),
            "since" => ([Where(Task, "authored-on", since)], newest),
            "stored since" => ([Where(Task, "_lastUpdated", since)], [By(Task, "_lastUpdated")]),
            "modified" => ([], [By(Task, "modified", descending: true)]),
            "open ones by priority" => ([Where(Task, "status", Token("requested"))], [By(Task, "priority"), .. newest]),
            "all by priority" => ([], [By(Task, "priority"), .. oldest]),
            "all by status" => ([], [By(Task, "status", descending: true), .. newest]),
            "focus" => ([Where(Task, "focus", new ReferenceValue("DiagnosticReport/r77"))], newest),
            _ => ([Where(Task, "code", Token("urn:c|all"))], newest),
        };
        return new ResourceQuery(Task, asked.Criteria, asked.Sort, 20, null) { WithSamples = false };
    }

    /// <summary>40,000 Tasks, of which the newest are open, and as many Observations.</summary>
    public sealed class Filled(EcgIntegration.TestKit.PostgresFixture postgres) : IAsyncLifetime
    {
        public MigratedDatabase Database { get; } = new(postgres);

        public NpgsqlDataSource Source => Database.Get<NpgsqlDataSource>();

        public async ValueTask InitializeAsync()
        {
            await Database.InitializeAsync();
            await Database.ExecuteAsync("""
                INSERT INTO resource (type, id, version, last_updated, source_system, content, content_hash, patient, patient_identifier, status, priority,
                                      tokens, date, date_end, stamped, stamped_end, indexed)
                SELECT type, to_char(i, 'FM00000'), 1, at, '', '{}', '', 'Patient/p' || i % 2000, 'urn:mrn|' || i % 2000,
                       CASE WHEN i > 39000 THEN 'requested' ELSE 'completed' END,
                       CASE WHEN type = 'Task' THEN (ARRAY['stat', 'urgent', 'routine', 'routine'])[1 + i % 4] END,
                       ARRAY['code:all', 'code=urn:c|all', 'focus=DiagnosticReport/r' || i] || CASE WHEN i <= 400 THEN ARRAY['code:old'] END, at, at, at, at, 1
                FROM generate_series(1, 40000) AS i, unnest(ARRAY['Task', 'Observation']) AS type,
                     LATERAL (SELECT timestamptz '2026-01-01' + i * interval '1 minute' AS at) AS t
                """);
            await Database.ExecuteAsync("VACUUM ANALYZE resource");
        }

        public ValueTask DisposeAsync() => Database.DisposeAsync();
    }
}
