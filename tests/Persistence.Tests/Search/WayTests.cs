using EcgIntegration.Persistence.Search;
using static EcgIntegration.Persistence.Tests.Search.Searches;

namespace EcgIntegration.Persistence.Tests.Search;

/// <summary>Whichever way a search goes to its rows, it finds the rows of which every criterion holds when each is asked alone.</summary>
public sealed class WayTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private const string Type = "Task";
    private static readonly string?[] Statuses = ["requested", "received", "completed", null];
    private static readonly string?[] Priorities = ["stat", "urgent", "routine", null];
    private static readonly string?[] Dates = ["2026-03-01", "2026-03", "2026-03-10T10:00:00Z", "2026-03-20T00:00:00+09:00", "2025", null];

    [Fact]
    public async Task Every_way_finds_the_same()
    {
        var random = new Random(20_260_401);
        var ids = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            ids.Add(await database.StoreAsync(Type, Resource(random), at: database.Time.GetUtcNow().AddMinutes(random.Next(5))));
        }

        for (var i = 0; i < 150; i++)
        {
            var criteria = Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Criterion(random)).ToList();
            SortKey[] sort = random.Next(5) switch
            {
                0 => [],
                1 => [By(Type, "authored-on")],
                2 => [By(Type, "authored-on", descending: true), By(Type, "modified")],
                3 => [By(Type, "modified", descending: true)],
                _ => [By(Type, "_lastUpdated"), By(Type, "authored-on", descending: true)],
            };
            var expected = ids.ToHashSet();
            foreach (var criterion in criteria)
            {
                // With the ids in the first place the rows are looked up by them, and the criterion is a condition on each.
                var holding = await database.FindAsync(Type, [Where(Type, "_id", [.. ids.Select(Token)]), criterion], limit: 100);
                expected.IntersectWith(holding);
            }

            var found = await database.FindAsync(Type, criteria, 1 + random.Next(9), sort);
            var what = string.Join(" & ", criteria.Select(criterion => $"{criterion.Parameter.Name}:{criterion.Modifier}={string.Join(",", criterion.AnyOf)}"));
            Assert.True(found.Count == expected.Count && expected.SetEquals(found), $"{what}: {found.Count} found, {expected.Count} hold.");
            Assert.Equal(expected.Count, await database.CountAsync(Type, [.. criteria]));
        }
    }

    private static string Resource(Random random)
    {
        var members = new List<string> { $$"""
            "code": {"coding": [{"system": "urn:c", "code": "{{Pick(random, ["x", "y"])}}"}]}, "focus": {"reference": "DiagnosticReport/r{{random.Next(4)}}"}
            """ };
        Add("status", Pick(random, Statuses));
        Add("priority", Pick(random, Priorities));
        Add("authoredOn", Pick(random, Dates));
        Add("lastModified", Pick(random, Dates));
        members.Add(random.Next(3) switch
        {
            0 => "\"for\": {\"reference\": \"Patient/w1\"}",
            1 => "\"for\": {\"identifier\": {\"system\": \"urn:mrn\", \"value\": \"1\"}}",
            _ => "\"for\": {\"reference\": \"Patient/w2\", \"identifier\": {\"system\": \"urn:old\", \"value\": \"1\"}}",
        });
        return string.Join(", ", members);

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                members.Add($"\"{name}\": \"{value}\"");
            }
        }
    }

    private static SearchCriterion Criterion(Random random) => random.Next(13) switch
    {
        0 => Where(Type, "status", Code(random, Statuses)),
        1 => Where(Type, "status", Code(random, Statuses), Code(random, Statuses)),
        2 => Where(Type, "priority", Code(random, Priorities)),
        3 => Where(Type, "priority", Code(random, Priorities), Code(random, Priorities)),
        4 => Where(Type, "authored-on", Date(random)),
        5 => Where(Type, "authored-on", Date(random), Date(random)),
        6 => Where(Type, "modified", Date(random)),
        7 => Where(Type, "code", Token(Pick(random, ["x", "urn:c|y", "z"]))),
        8 => Where(Type, "focus", new ReferenceValue("DiagnosticReport/r" + random.Next(5)), new ReferenceValue("r1")),
        9 => Where(Type, "patient", new ReferenceValue(Pick(random, ["Patient/w1", "w2", "w3"])), new ReferenceValue("w9")),
        10 => Where(Type, "patient", SearchModifier.Identifier, Token(Pick(random, ["1", "urn:mrn|1", "2"])), Token("urn:old|1")),
        11 => Where(Type, Pick(random, ["status", "priority", "code"]), SearchModifier.Not, Token(Pick(random, ["requested", "stat", "x"]))),
        _ => Missing(Type, Pick(random, ["status", "priority", "authored-on", "modified"]), random.Next(2) == 0),
    };

    private static DateValue Date(Random random)
    {
        var from = new DateTimeOffset(2026, 1 + random.Next(4), 1 + random.Next(28), 0, 0, 0, TimeSpan.FromHours(9));
        return new(Pick(random, Enum.GetValues<DatePrefix>()), from, from.AddDays(random.Next(2) == 0 ? 1 : 31));
    }

    private static TokenValue Code(Random random, string?[] codes) => Token(Pick(random, codes) ?? "failed");

    private static T Pick<T>(Random random, T[] items) => items[random.Next(items.Length)];
}
