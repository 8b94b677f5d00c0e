using EcgIntegration.Persistence.Search;
using static EcgIntegration.Persistence.Tests.Search.Searches;

namespace EcgIntegration.Persistence.Tests.Search;

/// <summary>Every parameter of every type, by each form of value it takes.</summary>
public sealed class ParameterTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private const string Meta =
        """
        "meta": {"profile": ["http://p/A|1.2"], "tag": [{"system": "urn:t", "code": "a"}], "security": [{"system": "urn:s", "code": "b"}]}
        """;

    private const string Codes =
        """
        "code": {"coding": [{"system": "urn:c", "code": "x"}, {"code": "local"}], "text": "words"},
        "category": [{"coding": [{"system": "urn:k", "code": "k1"}]}, {"coding": [{"system": "urn:k", "code": "k2"}]}],
        "identifier": [{"system": "urn:i", "value": "i1"}, {"value": "i2"}],
        "subject": {"reference": "Patient/p9"}, "encounter": {"reference": "Encounter/e1"}, "basedOn": [{"reference": "ServiceRequest/s1"}]
        """;

    private static readonly Dictionary<string, string> Resources = new()
    {
        ["Observation"] = $$$"""
            {{{Meta}}}, {{{Codes}}}, "status": "final", "effectiveDateTime": "2026-03-31",
            "derivedFrom": [{"reference": "Observation/o1/_history/3"}, {"reference": "http://other/fhir/Media/m1"}],
            "device": {"reference": "Device/d1"},
            "component": [{"code": {"coding": [{"system": "urn:l", "code": "131329"}]}}, {"code": {"coding": [{"system": "urn:l", "code": "131330"}]}}]
            """,
        ["DiagnosticReport"] = $$$"""
            {{{Meta}}}, {{{Codes}}}, "status": "preliminary", "effectivePeriod": {"start": "2026-03-30", "end": "2026-04-02"},
            "issued": "2026-03-31T10:00:00+09:00", "result": [{"reference": "Observation/f1"}, {"reference": "Observation/f2"}],
            "conclusionCode": [{"coding": [{"system": "urn:d", "code": "AFIB"}]}]
            """,
        ["Provenance"] = $$$"""
            {{{Meta}}}, "target": [{"reference": "DiagnosticReport/r1/_history/2"}, {"reference": "Patient/p9"}],
            "agent": [{"who": {"reference": "Device/d1"}}], "entity": [{"what": {"reference": "Observation/o1/_history/1"}}],
            "recorded": "2026-03-31T10:00:00+09:00"
            """,
        ["Device"] = $$$"""{{{Meta}}}, "identifier": [{"system": "urn:i", "value": "i1"}], "status": "active" """,
        ["Task"] = $$$"""
            {{{Meta}}}, "status": "requested", "priority": "urgent", "for": {"reference": "Patient/p9"},
            "code": {"coding": [{"system": "urn:c", "code": "x"}]}, "identifier": [{"system": "urn:i", "value": "i1"}],
            "focus": {"reference": "DiagnosticReport/r1/_history/2"}, "owner": {"reference": "Practitioner/q1"},
            "encounter": {"reference": "Encounter/e1"}, "basedOn": [{"reference": "ServiceRequest/s1"}],
            "authoredOn": "2026-03-31T10:00:00+09:00", "lastModified": "2026-04-01T10:00:00+09:00"
            """,
        ["Patient"] = $$$"""
            {{{Meta}}}, "identifier": [{"system": "urn:i", "value": "i1"}], "birthDate": "1950-06",
            "name": [{"family": "山田", "given": ["太郎"]}]
            """,
        ["Subscription"] = $$$"""
            {{{Meta}}}, "status": "active", "channel": {"type": "rest-hook", "endpoint": "https://viewer.example/hook?x=1"}
            """,
    };

    private static readonly (string Types, string Name, string[] Found, string[] NotFound)[] Tokens =
    [
        ("*", "_tag", ["a", "urn:t|a", "urn:t|"], ["b", "|a", "urn:x|a", "urn:x|", "A"]),
        ("*", "_security", ["b", "urn:s|b", "urn:s|"], ["a", "urn:t|b", "|b"]),
        ("Observation DiagnosticReport", "code", ["x", "urn:c|x", "urn:c|", "local", "|local"], ["words", "|x", "urn:c|local", "X", "urn:c|x2"]),
        ("Task", "code", ["x", "urn:c|x", "urn:c|"], ["|x", "y"]),
        ("Observation DiagnosticReport", "category", ["k1", "k2", "urn:k|k2", "urn:k|"], ["k", "urn:c|k1"]),
        ("Observation DiagnosticReport", "identifier", ["i1", "urn:i|i1", "|i2", "i2", "urn:i|"], ["|i1", "urn:i|i2", "I1"]),
        ("Device Task Patient", "identifier", ["i1", "urn:i|i1", "urn:i|"], ["i2", "|i1"]),
        ("Observation", "status", ["final", "|final", "http://hl7.org/fhir/observation-status|final", "http://hl7.org/fhir/observation-status|"],
            ["amended", "http://hl7.org/fhir/task-status|final", "Final", "urn:x|"]),
        ("DiagnosticReport", "status", ["preliminary", "http://hl7.org/fhir/diagnostic-report-status|preliminary"], ["final"]),
        ("Device", "status", ["active", "http://hl7.org/fhir/device-status|active"], ["inactive"]),
        ("Task", "status", ["requested", "http://hl7.org/fhir/task-status|requested"], ["completed", "urn:x|requested"]),
        ("Task", "priority", ["urgent", "http://hl7.org/fhir/request-priority|urgent", "http://hl7.org/fhir/request-priority|"], ["stat", "urn:x|urgent"]),
        ("Subscription", "status", ["active", "http://hl7.org/fhir/subscription-status|active"], ["off"]),
        ("Subscription", "type", ["rest-hook", "|rest-hook", "http://hl7.org/fhir/subscription-channel-type|rest-hook"], ["email", "urn:x|rest-hook"]),
        ("Observation", "component-code", ["131329", "urn:l|131330", "urn:l|"], ["131331", "urn:c|131329"]),
        ("DiagnosticReport", "conclusion", ["AFIB", "urn:d|AFIB"], ["NORM", "|AFIB"]),
    ];

    private static readonly (string Types, string Name, string[] Found, string[] NotFound)[] References =
    [
        ("*", "_profile", ["http://p/A", "http://p/A|1.2"], ["http://p/A|1.3", "http://p/", "A"]),
        ("Observation DiagnosticReport Task", "patient", ["Patient/p9", "p9", "Patient/p9/_history/4"], ["Patient/p", "Group/p9", "http://other/Patient/p9"]),
        ("Provenance", "patient", ["Patient/p9", "p9"], ["Patient/r1", "DiagnosticReport/r1"]),
        ("Observation DiagnosticReport Task", "subject", ["Patient/p9", "p9"], ["Group/p9", "Patient/p90"]),
        ("Observation DiagnosticReport Task", "encounter", ["Encounter/e1", "e1"], ["Encounter/e", "Patient/e1"]),
        ("Observation DiagnosticReport Task", "based-on", ["ServiceRequest/s1", "s1"], ["CarePlan/s1", "s"]),
        ("Observation", "derived-from",
            ["Observation/o1", "Observation/o1/_history/3", "o1", "http://other/fhir/Media/m1"],
            ["Observation/o1/_history/2", "Media/m1", "m1", "Observation/o"]),
        ("Observation", "device", ["Device/d1", "d1"], ["DeviceMetric/d1"]),
        ("DiagnosticReport", "result", ["Observation/f1", "f2"], ["Observation/f3"]),
        ("Provenance", "target", ["DiagnosticReport/r1", "DiagnosticReport/r1/_history/2", "r1", "Patient/p9"], ["DiagnosticReport/r1/_history/1", "Observation/r1"]),
        ("Provenance", "agent", ["Device/d1", "d1"], ["Practitioner/d1"]),
        ("Provenance", "entity", ["Observation/o1", "Observation/o1/_history/1", "o1"], ["Observation/o2"]),
        ("Task", "focus", ["DiagnosticReport/r1", "DiagnosticReport/r1/_history/2", "r1"], ["Observation/r1"]),
        ("Task", "owner", ["Practitioner/q1", "q1"], ["Device/q1"]),
        ("Subscription", "url", ["https://viewer.example/hook?x=1"], ["https://viewer.example/hook", "https://viewer.example/hook?x=2"]),
    ];

    /// <summary>Days in Japan: within, and next to it.</summary>
    private static readonly (string Types, string Name, string Found, string NotFound)[] Dates =
    [
        ("*", "_lastUpdated", "2026-04-01", "2026-04-02"),
        ("Observation", "date", "2026-03-31", "2026-04-01"),
        ("DiagnosticReport", "issued", "2026-03-31", "2026-03-30"),
        ("Provenance", "recorded", "2026-03-31", "2026-04-01"),
        ("Task", "authored-on", "2026-03-31", "2026-04-01"),
        ("Task", "modified", "2026-04-01", "2026-03-31"),
        ("Patient", "birthdate", "1950", "1951"),
        ("DiagnosticReport", "date", "2026", "2026-03"),
    ];

    public static TheoryData<string, string, string, string, bool> Cases()
    {
        var cases = new TheoryData<string, string, string, string, bool>();
        foreach (var (kind, rows) in new[] { ("token", Tokens), ("reference", References) })
        {
            foreach (var (types, name, found, notFound) in rows)
            {
                foreach (var type in Types(types))
                {
                    Array.ForEach(found, value => cases.Add(kind, type, name, value, true));
                    Array.ForEach(notFound, value => cases.Add(kind, type, name, value, false));
                }
            }
        }

        foreach (var (types, name, found, notFound) in Dates)
        {
            foreach (var type in Types(types))
            {
                cases.Add("date", type, name, found, true);
                cases.Add("date", type, name, notFound, false);
            }
        }

        cases.Add("text", "Patient", "name", "やまだ", false);
        cases.Add("text", "Patient", "name", "山田", true);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_resource_is_found_by_what_it_says(string kind, string type, string name, string value, bool found)
    {
        var id = await database.StoreAsync(type, Resources[type]);
        SearchValue asked = kind switch
        {
            "token" => Token(value),
            "reference" => new ReferenceValue(value),
            "text" => new TextValue(value),
            _ => FhirDate.TryParse(value, out var day) ? new DateValue(DatePrefix.Eq, day.From, day.To.AddMicroseconds(1)) : throw new ArgumentException(value),
        };
        var criterion = Where(type, name, asked);
        Assert.Equal(found, await database.HoldsAsync(type, id, criterion));
        Assert.Equal(found, !await database.HoldsAsync(type, id, criterion with { Modifier = SearchModifier.Not }));
        Assert.Equal(found ? 1 : 0, await database.CountAsync(type, Where(type, "_id", new TokenValue(null, id)), criterion));
        // The same by the way that the server would go without the id.
        Assert.Equal(found, (await database.FindAsync(type, [criterion])).Contains(id));
    }

    [Fact]
    public void No_parameter_is_left_out_here()
    {
        var tested = Cases().Select(row => row.Data).Where(row => row.Item5).Select(row => (row.Item2, row.Item3)).ToHashSet();
        var untested = Stored.SelectMany(type => SearchParameters.Of(type).Select(parameter => (type, parameter.Name)))
            .Where(parameter => parameter.Name != "_id" && !tested.Contains(parameter));
        Assert.Empty(untested);
    }

    [Fact]
    public async Task Ids_are_a_parameter_too()
    {
        var (one, other) = (await database.StoreAsync("Device", ""), await database.StoreAsync("Device", ""));
        Assert.Equal([one], await database.FindAsync("Device", [Where("Device", "_id", new TokenValue(null, one))]));
        Assert.Equal(
            new[] { one, other }.Order(StringComparer.Ordinal),
            await database.FindAsync("Device", [Where("Device", "_id", new TokenValue(null, one), new TokenValue(null, other), new TokenValue(null, "none"))]));
        Assert.Empty(await database.FindAsync("Task", [Where("Task", "_id", new TokenValue(null, one))]));
    }

    [Fact]
    public async Task Criteria_hold_all_and_values_one_at_least()
    {
        var both = await database.StoreAsync("Observation", Resources["Observation"]);
        var criterion = Where("Observation", "category", Token("none"), Token("urn:k|k2"));
        Assert.True(await database.HoldsAsync("Observation", both, criterion));
        var query = (SearchCriterion[])[criterion, Where("Observation", "category", Token("k1")), Where("Observation", "_id", Token(both))];
        Assert.Equal([both], await database.FindAsync("Observation", query));
        Assert.Empty(await database.FindAsync("Observation", [.. query, Where("Observation", "category", Token("k3"))]));
    }

    /// <summary>Audit records are searched beside the resources, see <c>AuditTrailTests</c>.</summary>
    private static IEnumerable<string> Stored => SearchParameters.Types.Where(type => type != "AuditEvent");

    private static IEnumerable<string> Types(string types) => types == "*" ? Stored : types.Split(' ');
}
