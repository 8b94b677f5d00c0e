using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Search;
using static EcgIntegration.Persistence.Tests.Search.Searches;

namespace EcgIntegration.Persistence.Tests.Search;

public sealed class HistoryTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IFhirSearch Search => database.Get<IFhirSearch>();

    [Fact]
    public async Task A_deletion_is_a_version_and_what_came_before_stays()
    {
        var id = await database.StoreAsync("Device", "\"status\": \"active\"");
        await database.StoreAsync("Device", "\"status\": \"inactive\"", id, database.Time.GetUtcNow().AddMinutes(1));
        Assert.Equal(3, await database.DeleteAsync("Device", id, database.Time.GetUtcNow().AddMinutes(2)));
        Assert.Null(await database.DeleteAsync("Device", id));
        Assert.Null(await database.DeleteAsync("Device", "never-stored"));

        var gone = (await database.Store.ReadAsync("Device", id, Stop))!;
        Assert.True(gone.Deleted);
        Assert.DoesNotContain("status", Text(gone), StringComparison.Ordinal);
        Assert.False((await database.Store.ReadVersionAsync("Device", id, 2, Stop))!.Deleted);
        Assert.Empty(await database.FindAsync("Device", [Where("Device", "_id", Token(id))]));
        Assert.Empty(await Search.ReadAsync(["Device/" + id], true, Stop));

        var versions = (await Search.HistoryAsync(new HistoryQuery("Device", id, null, 10, null), Stop)).Versions;
        Assert.Equal([(3, true), (2, false), (1, false)], versions.Select(version => (version.Version, version.Deleted)));
        Assert.Contains("inactive", Text(versions[1]), StringComparison.Ordinal);

        await database.StoreAsync("Device", "\"status\": \"active\"", id, database.Time.GetUtcNow().AddMinutes(3));
        Assert.Equal([id], await database.FindAsync("Device", [Where("Device", "_id", Token(id)), Where("Device", "status", Token("active"))]));
        versions = (await Search.HistoryAsync(new HistoryQuery("Device", id, null, 10, null), Stop)).Versions;
        Assert.Equal([(4, false), (3, true), (2, false), (1, false)], versions.Select(version => (version.Version, version.Deleted)));
    }

    [Fact]
    public async Task A_deleted_resource_keeps_its_patient()
    {
        var id = await database.StoreAsync("Observation", "\"subject\": {\"reference\": \"Patient/kept\"}");
        await database.DeleteAsync("Observation", id);
        Assert.Equal("Patient/kept", (await database.Store.ReadAsync("Observation", id, Stop))!.Patient);
        Assert.Empty(await database.FindAsync("Observation", [Where("Observation", "patient", new ReferenceValue("Patient/kept"))]));
    }

    [Fact]
    public async Task The_history_of_a_type_is_paged_whatever_is_stored_meanwhile()
    {
        var at = new DateTimeOffset(2031, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var expected = new List<(string, int)>();
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add(await database.StoreAsync("Task", "\"status\": \"requested\"", at: at));
        }

        foreach (var (version, minute) in new[] { (2, 1), (3, 1) })
        {
            foreach (var id in ids)
            {
                await database.StoreAsync("Task", $"\"status\": \"v{version}\"", id, at.AddMinutes(minute));
            }
        }

        foreach (var minute in new[] { 1, 0 })
        {
            foreach (var id in ids.OrderDescending(StringComparer.Ordinal))
            {
                expected.AddRange(minute == 1 ? [(id, 3), (id, 2)] : [(id, 1)]);
            }
        }

        foreach (var limit in new[] { 1, 2, 4, 100 })
        {
            var seen = new List<(string, int)>();
            HistoryPlace? after = null;
            do
            {
                var page = await Search.HistoryAsync(new HistoryQuery("Task", null, at, limit, after), Stop);
                seen.AddRange(page.Versions.Select(version => (version.Id, version.Version)));
                after = page.Next;
                // Newer than any page: it shows on none that follows.
                await database.StoreAsync("Device", "\"status\": \"active\"", at: at.AddMinutes(9));
            }
            while (after is not null);
            Assert.Equal(expected, seen);
        }

        var since = await Search.HistoryAsync(new HistoryQuery("Task", ids[0], at.AddMinutes(1), 10, null), Stop);
        Assert.Equal([3, 2], since.Versions.Select(version => version.Version));
        Assert.Empty((await Search.HistoryAsync(new HistoryQuery("Task", "never-stored", null, 10, null), Stop)).Versions);
        Assert.Empty((await Search.HistoryAsync(new HistoryQuery("Task", null, null, 0, null), Stop)).Versions);
    }

    private static string Text(StoredResource resource) => System.Text.Encoding.UTF8.GetString(resource.Json.Span);
}
