using EcgIntegration.Persistence.Search;
using static EcgIntegration.Persistence.Tests.Search.Searches;

namespace EcgIntegration.Persistence.Tests.Search;

/// <summary>Values are never part of a statement, whatever they hold.</summary>
public sealed class InjectionTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private static readonly DateTimeOffset Now = new(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Hostile =>
    [
        "'; DROP TABLE resource; --", "' OR '1'='1", "\" OR \"\"=\"", "$1", "$$x$$", "{a,b}", "{\"a\"}", "a,b", "\\", "\\'", "%", "_", "*",
        "\u001f", "\u202e", "\U0010FFFF", "a\nb", "NULL", "ARRAY['x']", "code=x", "!", "|", new string('x', 5_000),
    ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Hostile_values_find_what_they_say_and_nothing_else(string value)
    {
        var hostile = System.Text.Json.JsonSerializer.Serialize(value);
        var short256 = value.Length <= 256;
        var id = await database.StoreAsync("Observation", $$"""
            "code": {"coding": [{"system": "urn:c", "code": {{hostile}} }]}, "device": {"identifier": {"value": {{hostile}} } }, "status": {{hostile}}
            """);
        var patient = await database.StoreAsync("Patient", $$"""
            "identifier": [{"value": {{hostile}} }], "name": [{"text": {{hostile}} }]
            """);
        Assert.Equal(short256, await database.HoldsAsync("Observation", id, Where("Observation", "code", new TokenValue("urn:c", value))));
        Assert.Equal(short256, await database.HoldsAsync("Observation", id, Where("Observation", "code", new TokenValue(null, value))));
        Assert.Equal(short256, await database.HoldsAsync("Observation", id, Where("Observation", "status", new TokenValue(null, value))));
        Assert.Equal(short256, await database.HoldsAsync("Observation", id, Where("Observation", "device", SearchModifier.Identifier, new TokenValue("", value))));
        Assert.False(await database.HoldsAsync("Observation", id, Where("Observation", "device", new ReferenceValue(value))));
        Assert.False(await database.HoldsAsync("Observation", id, Where("Observation", "patient", new ReferenceValue(value))));
        Assert.False(await database.HoldsAsync("Observation", id, Where("Observation", "category", new TokenValue(value, null))));
        var byName = Where("Patient", "name", SearchModifier.Exact, new TextValue(value));
        Assert.Equal(short256, await database.HoldsAsync("Patient", patient, byName));
        await database.FindAsync("Patient", [byName with { Modifier = SearchModifier.Contains }]);
        await database.FindAsync("Observation", [Chained("Observation", "patient", byName), Where("Observation", "_id", new TokenValue(null, value))]);
        Assert.Equal(short256 ? [patient] : [], await database.FindAsync("Patient", [Where("Patient", "identifier", new TokenValue("", value))]));
    }

    [Theory]
    [InlineData("a\0b")]
    [InlineData("\0")]
    [InlineData("\ud800")]
    public async Task What_cannot_be_stored_is_found_nowhere(string value)
    {
        await database.StoreAsync("Patient", "\"name\": [{\"text\": \"ab\"}], \"identifier\": [{\"value\": \"ab\"}]");
        Assert.Empty(await database.FindAsync("Patient", [Where("Patient", "identifier", new TokenValue(null, value))]));
        Assert.Empty(await database.FindAsync("Patient", [Where("Patient", "name", new TextValue(value))]));
        Assert.Empty(await database.FindAsync("Patient", [Where("Patient", "_profile", new ReferenceValue(value + "/x"))]));
    }

    [Fact]
    public void No_value_is_in_the_text_of_any_statement()
    {
        const string canary = "canary";
        foreach (var type in SearchParameters.Types)
        {
            foreach (var parameter in SearchParameters.Of(type))
            {
                foreach (var criterion in Criteria(type, parameter, canary))
                {
                    var query = new ResourceQuery(type, [criterion], [], 7, new SearchPlace([canary], canary));
                    var order = SortOrder.Of(query with { After = null });
                    foreach (var stretch in order.Stretches())
                    {
                        foreach (var walk in new[] { true, false })
                        {
                            Assert.DoesNotContain(canary, new PageSql(query, new SqlParameters(), Now).Page(order, stretch, 7, walk), StringComparison.Ordinal);
                        }
                    }

                    var sql = new PageSql(query, new SqlParameters(), Now);
                    Assert.DoesNotContain(canary, sql.Count() + sql.Unordered(3), StringComparison.Ordinal);
                }
            }
        }
    }

    private static IEnumerable<SearchCriterion> Criteria(string type, SearchParameter parameter, string canary)
    {
        SearchValue value = parameter.Type switch
        {
            SearchParameterType.Token => new TokenValue(canary, canary),
            SearchParameterType.Reference => new ReferenceValue(canary),
            SearchParameterType.Date => new DateValue(DatePrefix.Ge, Now, Now.AddDays(1)),
            _ => new TextValue(canary),
        };
        yield return new(parameter, SearchModifier.None, [value]);
        yield return new(parameter, SearchModifier.Not, [value, value]);
        yield return Missing(type, parameter.Name, true);
        if (parameter.Type == SearchParameterType.Reference)
        {
            yield return new(parameter, SearchModifier.Identifier, [new TokenValue(canary, canary), new TokenValue(null, canary), new TokenValue(canary, null)]);
        }

        if (parameter.Type == SearchParameterType.Text)
        {
            yield return new(parameter, SearchModifier.Exact, [value]);
            yield return new(parameter, SearchModifier.Contains, [value]);
        }

        if (parameter.IsOfPatient())
        {
            yield return Chained(type, parameter.Name, Where("Patient", "name", new TextValue(canary)));
            yield return Chained(type, parameter.Name, Where("Patient", "identifier", new TokenValue(canary, canary), new TokenValue(null, canary)));
        }
    }
}
