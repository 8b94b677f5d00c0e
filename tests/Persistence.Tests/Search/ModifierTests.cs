using EcgIntegration.Persistence.Search;
using static EcgIntegration.Persistence.Tests.Search.Searches;

namespace EcgIntegration.Persistence.Tests.Search;

public sealed class ModifierTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    public static TheoryData<string, string, string> Elements => new()
    {
        { "Observation", "code", "\"code\": {\"text\": \"only words\"}" },
        { "Observation", "code", "\"code\": {\"coding\": [{\"system\": \"urn:c\", \"code\": \"x\"}]}" },
        { "Observation", "component-code", "\"component\": [{\"code\": {\"coding\": [{\"code\": \"x\"}]}}]" },
        { "Observation", "status", "\"status\": \"final\"" },
        { "Observation", "date", "\"effectiveInstant\": \"2026-03-31T10:00:00Z\"" },
        { "Observation", "derived-from", "\"derivedFrom\": [{\"display\": \"a tape\"}]" },
        { "Observation", "derived-from", "\"derivedFrom\": [{\"reference\": \"#c\"}]" },
        { "Observation", "device", "\"device\": {\"identifier\": {\"value\": \"7\"}}" },
        { "Observation", "patient", "\"subject\": {\"reference\": \"Patient/p1\"}" },
        { "Observation", "patient", "\"subject\": {\"identifier\": {\"value\": \"7\"}}" },
        { "Observation", "subject", "\"subject\": {\"reference\": \"Group/1\"}" },
        { "Observation", "subject", "\"subject\": {\"display\": \"somebody\"}" },
        { "Observation", "subject", "\"subject\": {\"identifier\": {\"value\": \"7\"}}" },
        { "Observation", "_profile", "\"meta\": {\"profile\": [\"http://p\"]}" },
        { "DiagnosticReport", "issued", "\"issued\": \"2026-03-31T10:00:00Z\"" },
        { "Task", "priority", "\"priority\": \"stat\"" },
        { "Patient", "name", "\"name\": [{\"family\": \"x\"}]" },
    };

    [Theory]
    [MemberData(nameof(Elements))]
    public async Task Missing_asks_whether_the_element_is_there(string type, string name, string members)
    {
        var with = await database.StoreAsync(type, members);
        var without = await database.StoreAsync(type, "");
        foreach (var (id, missing) in new[] { (with, false), (without, true) })
        {
            Assert.Equal(missing, await database.HoldsAsync(type, id, Missing(type, name, true)));
            Assert.Equal(!missing, await database.HoldsAsync(type, id, Missing(type, name, false)));
        }
    }

    [Fact]
    public async Task A_group_is_a_subject_and_no_patient()
    {
        var id = await database.StoreAsync("Observation", "\"subject\": {\"reference\": \"Group/1/_history/2\"}");
        Assert.True(await database.HoldsAsync("Observation", id, Where("Observation", "subject", new ReferenceValue("Group/1"))));
        Assert.True(await database.HoldsAsync("Observation", id, Where("Observation", "subject", new ReferenceValue("Patient/1"), new ReferenceValue("Group/1"))));
        Assert.False(await database.HoldsAsync("Observation", id, Where("Observation", "patient", new ReferenceValue("Group/1"))));
        Assert.True(await database.HoldsAsync("Observation", id, Missing("Observation", "patient", true)));
    }

    [Fact]
    public async Task What_is_always_there_is_never_missing()
    {
        var id = await database.StoreAsync("Device", "");
        Assert.False(await database.HoldsAsync("Device", id, Missing("Device", "_lastUpdated", true)));
        Assert.True(await database.HoldsAsync("Device", id, Missing("Device", "_id", false)));
    }

    [Fact]
    public async Task Not_finds_what_has_another_value_and_what_has_none()
    {
        var with = await database.StoreAsync("Task", "\"status\": \"requested\", \"priority\": \"stat\", \"code\": {\"coding\": [{\"code\": \"x\"}, {\"code\": \"y\"}]}");
        var without = await database.StoreAsync("Task", "");
        foreach (var (name, held, other) in new[] { ("status", "requested", "completed"), ("priority", "stat", "urgent"), ("code", "y", "z") })
        {
            Assert.False(await database.HoldsAsync("Task", with, Where("Task", name, SearchModifier.Not, Token(held))));
            Assert.False(await database.HoldsAsync("Task", with, Where("Task", name, SearchModifier.Not, Token(other), Token(held))));
            Assert.True(await database.HoldsAsync("Task", with, Where("Task", name, SearchModifier.Not, Token(other))));
            Assert.True(await database.HoldsAsync("Task", without, Where("Task", name, SearchModifier.Not, Token(held))));
        }

        Assert.Contains(without, await database.FindAsync("Task", [Where("Task", "status", SearchModifier.Not, Token("requested"))]));
    }

    [Theory]
    [InlineData("Observation", "device", "\"device\": {\"identifier\": {\"system\": \"urn:d\", \"value\": \"7\"}}")]
    [InlineData("Observation", "patient", "\"subject\": {\"identifier\": {\"system\": \"urn:d\", \"value\": \"7\"}}")]
    [InlineData("Observation", "subject", "\"subject\": {\"reference\": \"Patient/p1\", \"identifier\": {\"system\": \"urn:d\", \"value\": \"7\"}}")]
    [InlineData("Task", "focus", "\"focus\": {\"identifier\": {\"system\": \"urn:d\", \"value\": \"7\"}}")]
    [InlineData("Task", "patient", "\"for\": {\"identifier\": {\"system\": \"urn:d\", \"value\": \"7\"}}")]
    [InlineData("Provenance", "agent", "\"agent\": [{\"who\": {\"identifier\": {\"system\": \"urn:d\", \"value\": \"7\"}}}]")]
    public async Task References_are_found_by_their_own_identifier(string type, string name, string members)
    {
        var id = await database.StoreAsync(type, members);
        foreach (var (value, found) in new[] { ("urn:d|7", true), ("7", true), ("urn:d|", true), ("|7", false), ("urn:x|7", false), ("77", false) })
        {
            var criterion = Where(type, name, SearchModifier.Identifier, Token(value));
            Assert.Equal((value, found), (value, await database.HoldsAsync(type, id, criterion)));
            Assert.Equal((value, found), (value, (await database.FindAsync(type, [criterion])).Contains(id)));
            Assert.Equal((value, found), (value, (await database.FindAsync(type, [criterion with { AnyOf = [Token("urn:d|none"), Token("none"), Token(value)] }])).Contains(id)));
        }
    }

    [Fact]
    public async Task The_identifier_of_a_contained_patient_is_the_patients()
    {
        var id = await database.StoreAsync(
            "Observation",
            "\"contained\": [{\"resourceType\": \"Patient\", \"id\": \"p\", \"identifier\": [{\"value\": \"c1\"}]}], \"subject\": {\"reference\": \"#p\"}");
        Assert.Equal([id], await database.FindAsync("Observation", [Where("Observation", "patient", SearchModifier.Identifier, Token("|c1"))]));
        Assert.False(await database.HoldsAsync("Observation", id, Missing("Observation", "subject", true)));
    }

    [Fact]
    public async Task Values_of_another_kind_are_a_fault_of_the_caller()
    {
        var search = database.Get<IFhirSearch>();
        foreach (var criterion in new[]
        {
            Where("Task", "code", new TextValue("x")), Where("Task", "modified", Token("x")), Where("Task", "code", new TokenValue(null, null)),
            Where("Task", "focus") with { Chained = Where("Patient", "name", new TextValue("x")) },
        })
        {
            await Assert.ThrowsAsync<ArgumentException>(
                () => search.CountAsync(new ResourceQuery("Task", [criterion], [], 1, null), TestContext.Current.CancellationToken));
        }
    }
}
