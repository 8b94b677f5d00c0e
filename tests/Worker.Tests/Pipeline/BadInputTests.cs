using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Review;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace EcgIntegration.Worker.Tests.Pipeline;

/// <summary>Bad input is in the ledger with reasons, its outcome is out, and what comes behind it is not held up.</summary>
public sealed partial class BadInputTests(PostgresFixture postgres, RabbitMqFixture rabbit)
{
    private const string DeadQueue = "ecg.intake.dead";

    [Fact]
    public async Task What_has_an_event_id_is_rejected_under_it_and_the_next_ecg_goes_through()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var bad = new Dictionary<string, (Guid Id, byte[] Body)>();
        void Add(string code, Func<Guid, string> body)
        {
            var id = Guid.NewGuid();
            bad.Add(code, (id, Encoding.UTF8.GetBytes(body(id))));
        }

        Add("observation-missing", id => $$"""{"eventId":"{{id}}"}""");
        Add("not-observation", id => $$"""{"eventId":"{{id}}","observation":{"resourceType":"Patient"} }""");
        Add("no-ecg-waveform", id => $$"""{"eventId":"{{id}}","observation":{"resourceType":"Observation","status":"final","code":{"text":"x"} } }""");
        Add("body-not-json", id => $$"""{"eventId":"{{id}}","observation":{""");
        Add("body-too-deep", id => $$"""{"eventId":"{{id}}","observation":{{new string('[', 10_000)}}{{new string(']', 10_000)}} }""");
        Add("body-too-large", id => $$"""{"eventId":"{{id}}","observation":{"data":"{{new string('1', 50 << 20)}}"} }""");

        foreach (var (_, body) in bad.Values)
        {
            await worker.Events.PublishRawAsync(body);
        }

        var good = await worker.Events.PublishAsync(Repository.ReadSample(0));

        foreach (var (code, (id, _)) in bad)
        {
            var outcome = await worker.Events.OutcomeAsync(id);
            Assert.Equal(("rejected", "study.rejected"), (outcome.Status, outcome.RoutingKey));
            Assert.Equal([code], outcome.ReasonCodes);
            var entry = await worker.JsonAsync($"/events/{id}");
            Assert.Equal("rejected", entry.GetProperty("status").GetString());
            Assert.Equal(code, entry.GetProperty("reasons")[0].GetProperty("code").GetString());
        }

        Assert.NotNull((await worker.Events.OutcomeAsync(good)).Report);
        Assert.Equal(0u, await worker.Events.DepthAsync(DeadQueue));
        await Eventually.TrueAsync("intake empty", async () => await worker.Events.DepthAsync("ecg.intake.routine") == 0);
    }

    [Theory]
    [InlineData("", "body-empty")]
    [InlineData("見本 金糸雀", "body-not-json")]
    [InlineData("""{"observation":{"subject":{"display":"見本 金糸雀"}}}""", "event-id-missing")]
    public async Task What_has_none_is_dead_lettered_by_hash_and_still_recorded(string body, string code)
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);

        await worker.Events.PublishRawAsync(Encoding.UTF8.GetBytes(body), contentType: "text/plain; charset=nonsense");
        var outcome = await worker.Events.OutcomeAsync(o => o.ReasonCodes.Contains(code));

        Assert.Equal("rejected", outcome.Status);
        var entry = await worker.JsonAsync($"/events/{outcome.EventId}");
        Assert.Equal(code, entry.GetProperty("reasons")[0].GetProperty("code").GetString());
        Assert.Equal(1u, await worker.Events.DepthAsync(DeadQueue));
        var notice = await worker.Events.TakeAsync(DeadQueue);
        Assert.Contains(outcome.EventId.ToString(), notice, StringComparison.Ordinal);
        Assert.DoesNotContain("金糸雀", notice + outcome.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_not_utf8_are_recorded_once_however_often_they_come()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var ledger = worker.Services.GetRequiredService<IStudyLedger>();
        var stop = TestContext.Current.CancellationToken;
        byte[] body = [0x7B, 0xFF, 0xFE, 0x7D];

        await worker.Events.PublishRawAsync(body, contentType: null);
        var outcome = await worker.Events.OutcomeAsync(o => o.ReasonCodes.Contains("body-not-utf8"));
        await Eventually.TrueAsync("known to be published", async () => (await ledger.FindAsync(outcome.EventId, stop))?.PublishedAt is not null);
        var notices = await worker.Events.DepthAsync(DeadQueue);
        await worker.Events.PublishRawAsync(body, stat: true, contentType: "application/vnd.masstransit+json");
        var marker = await worker.Events.PublishAsync(Repository.ReadSample(0), stat: true);
        await worker.Events.OutcomeAsync(marker);
        await Eventually.TrueAsync("all three were taken", async () => ReceivedRegex().Matches(await worker.Http.GetStringAsync("/metrics", stop))
            .Sum(match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)) >= 3);

        // At least once on the wire, but one status and one entry.
        Assert.Equal(["rejected"], worker.Events.Outcomes.Where(o => o.EventId == outcome.EventId).Select(o => o.Status).Distinct());
        var counts = await worker.Services.GetRequiredService<IReviewList>().CountAsync(DateTimeOffset.UnixEpoch, stop);
        Assert.Equal(1, counts.Where(count => count.Status == StudyStatus.Rejected).Sum(count => count.Count));
        Assert.True(notices > 0);
        Assert.Equal(notices, await worker.Events.DepthAsync(DeadQueue));
    }

    [GeneratedRegex("^ecg_events_received_total\\{.*\\} ([0-9]+)", RegexOptions.Multiline)]
    private static partial Regex ReceivedRegex();
}
