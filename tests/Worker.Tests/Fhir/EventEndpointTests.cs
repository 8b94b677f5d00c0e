using System.Net;
using System.Text.Json;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Worker.Tests.Support;

namespace EcgIntegration.Worker.Tests.Fhir;

public sealed class EventEndpointTests(WorkerSite site) : IClassFixture<WorkerSite>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_classified_event_is_told_with_its_suggestions()
    {
        var entry = await site.StoreStudyAsync("Patient/event", "2026-01-01");
        using var json = JsonDocument.Parse(await site.Http.GetStreamAsync($"/events/{entry.EventId}", Stop));
        var root = json.RootElement;
        Assert.Equal(
            ["eventId", "studyId", "status", "urgency", "observation", "report", "reasons", "receivedAt", "finishedAt", "attempts", "suggestions", "supersededBy"],
            root.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("classified", "urgent", 1), (root.GetProperty("status").GetString(), root.GetProperty("urgency").GetString(), root.GetProperty("attempts").GetInt32()));
        Assert.Equal(entry.Observation, root.GetProperty("observation").GetString());
        Assert.Equal(entry.Report, root.GetProperty("report").GetString());
        Assert.Equal("心房細動", root.GetProperty("suggestions")[0].GetProperty("ja").GetString());
        Assert.DoesNotContain("Patient/event", root.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rejected_event_is_told_with_its_reasons()
    {
        var eventId = Guid.NewGuid();
        await site.Ledger.RejectAsync(
            new RejectedEvent(eventId, "cart", null, EventPriority.Stat, TimeProvider.System.GetUtcNow(), [WorkerSite.Reason], new byte[3]), Stop);
        using var json = JsonDocument.Parse(await site.Http.GetStreamAsync($"/events/{eventId}", Stop));
        Assert.Equal("rejected", json.RootElement.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("studyId").ValueKind);
        Assert.Equal("component[8]", json.RootElement.GetProperty("reasons")[0].GetProperty("where").GetString());
    }

    [Theory]
    [InlineData("7b0c6b1e-0f5e-4a55-9c0b-3b8d6f1f2a10", HttpStatusCode.NotFound)]
    [InlineData("nonsense", HttpStatusCode.BadRequest)]
    [InlineData("7b0c6b1e0f5e4a559c0b3b8d6f1f2a10", HttpStatusCode.BadRequest)]
    public async Task An_unknown_event_is_told_in_one_sentence(string eventId, HttpStatusCode status)
    {
        using var response = await site.Http.GetAsync($"/events/{eventId}", Stop);
        Assert.Equal(status, response.StatusCode);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStreamAsync(Stop));
        Assert.NotEmpty(json.RootElement.GetProperty("ja").GetString()!);
    }
}
