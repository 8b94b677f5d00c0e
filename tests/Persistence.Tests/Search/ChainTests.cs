using EcgIntegration.Persistence.Search;
using static EcgIntegration.Persistence.Tests.Search.Searches;

namespace EcgIntegration.Persistence.Tests.Search;

public sealed class ChainTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    /// <summary>Types, and the parameter that leads to the patient.</summary>
    public static TheoryData<string, string, string> Ways => new()
    {
        { "Observation", "patient", "subject" },
        { "Observation", "subject", "subject" },
        { "DiagnosticReport", "patient", "subject" },
        { "Task", "patient", "for" },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_stored_patient_leads_to_its_resources(string type, string name, string element)
    {
        var key = Ecgs.NewId();
        var patient = await database.StoreAsync(
            "Patient", $$"""
            "identifier": [{"system": "urn:mrn", "value": "{{key}}"}], "birthDate": "1950-06-01", "name": [{"text": "鎖{{key}}"}]
            """);
        var referring = await database.StoreAsync(type, Member(element, $"\"reference\": \"Patient/{patient}\""));
        var identified = await database.StoreAsync(type, Member(element, $$"""
            "identifier": {"system": "urn:mrn", "value": "{{key}}"}
            """));
        var both = await database.StoreAsync(type, Member(element, $$"""
            "reference": "Patient/{{patient}}", "identifier": {"system": "urn:mrn", "value": "{{key}}"}
            """));
        var otherSystem = await database.StoreAsync(type, Member(element, $$"""
            "identifier": {"system": "urn:other", "value": "{{key}}"}
            """));
        await database.StoreAsync(type, Member(element, "\"reference\": \"Patient/stranger\""));

        await FindsAsync([referring, both], Where("Patient", "name", new TextValue("鎖" + key)));
        await FindsAsync([referring, both], Where("Patient", "name", SearchModifier.Contains, new TextValue(key)));
        await FindsAsync([referring, both], Where("Patient", "_id", Token(patient)));
        await FindsAsync([referring, both, identified], Where("Patient", "identifier", Token("urn:mrn|" + key)));
        await FindsAsync([referring, both, identified, otherSystem], Where("Patient", "identifier", Token(key)));
        await FindsAsync([referring, both, identified, otherSystem], Where("Patient", "identifier", Token("urn:mrn|" + key), Token(key), Token("none")));
        await FindsAsync([otherSystem], Where("Patient", "identifier", Token("urn:other|" + key)));
        await FindsAsync([], Where("Patient", "identifier", Token("|" + key)));
        await FindsAsync([], Where("Patient", "name", new TextValue("鎖鎖")));

        var named = Where("Patient", "name", new TextValue("鎖" + key));
        var born = Where("Patient", "birthdate", new DateValue(DatePrefix.Eq, Day(1950, 1, 1), Day(1951, 1, 1)));
        Assert.Equal(2, (await database.FindAsync(type, [Chained(type, name, named), Chained(type, name, born)])).Count);
        Assert.Empty(await database.FindAsync(type, [Chained(type, name, named), Chained(type, name, born with { AnyOf = [new DateValue(DatePrefix.Lt, Day(1950, 1, 1), Day(1951, 1, 1))] })]));

        async Task FindsAsync(string[] expected, SearchCriterion onPatient)
        {
            var criterion = Chained(type, name, onPatient);
            var found = await database.FindAsync(type, [criterion], limit: 2);
            Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
            Assert.Equal(expected.Length, await database.CountAsync(type, criterion));
            foreach (var id in expected)
            {
                Assert.True(await database.HoldsAsync(type, id, criterion));
            }
        }
    }

    [Fact]
    public async Task A_deleted_patient_leads_nowhere()
    {
        var patient = await database.StoreAsync("Patient", "\"name\": [{\"text\": \"去る人\"}]");
        await database.StoreAsync("Observation", Member("subject", $"\"reference\": \"Patient/{patient}\""));
        var criterion = Chained("Observation", "patient", Where("Patient", "name", new TextValue("去る人")));
        Assert.Single(await database.FindAsync("Observation", [criterion]));
        await database.DeleteAsync("Patient", patient);
        Assert.Empty(await database.FindAsync("Observation", [criterion]));
        Assert.Single(await database.FindAsync("Observation", [Chained("Observation", "patient", Where("Patient", "_id", Token(patient)))]));
    }

    [Fact]
    public async Task A_patients_own_resources_can_be_asked_for_what_it_lacks()
    {
        var patient = await database.StoreAsync("Patient", "");
        var id = await database.StoreAsync("Observation", Member("subject", $"\"reference\": \"Patient/{patient}\""));
        Assert.True(await database.HoldsAsync("Observation", id, Chained("Observation", "patient", Missing("Patient", "name", true))));
        Assert.False(await database.HoldsAsync("Observation", id, Chained("Observation", "patient", Missing("Patient", "name", false))));
    }

    private static string Member(string element, string reference) => $$"""
        "{{element}}": { {{reference}} }
        """;

    private static DateTimeOffset Day(int year, int month, int day) => new(year, month, day, 0, 0, 0, TimeSpan.FromHours(9));
}
