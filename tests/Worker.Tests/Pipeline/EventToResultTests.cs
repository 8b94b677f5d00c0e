using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Tests.Support;

namespace EcgIntegration.Worker.Tests.Pipeline;

/// <summary>From a foreign system's message to FHIR over HTTP, with the real servers and the shipped model.</summary>
public sealed class EventToResultTests(PostgresFixture postgres, RabbitMqFixture rabbit)
{
    private static readonly string[] Analysed = ["classified", "uncertain"];

    [Fact]
    public async Task A_published_ecg_becomes_a_preliminary_japanese_report()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var sample = Sample(0);

        var eventId = await worker.Events.PublishAsync(sample.Utf8, stat: true);
        var outcome = await worker.Events.OutcomeAsync(eventId);

        Assert.Contains(outcome.Status, Analysed);
        Assert.StartsWith($"study.{outcome.Status}", outcome.RoutingKey, StringComparison.Ordinal);
        var answer = await worker.JsonAsync($"/events/{eventId}");
        Assert.Equal(outcome.Status, answer.GetProperty("status").GetString());
        Assert.Equal(outcome.StudyId, answer.GetProperty("studyId").GetGuid());
        Assert.Equal(1, answer.GetProperty("attempts").GetInt32());

        var report = await worker.JsonAsync($"/fhir/{outcome.Report}");
        Assert.Equal("preliminary", report.GetProperty("status").GetString());
        Assert.Matches(@"\p{IsCJKUnifiedIdeographs}", report.GetProperty("conclusion").GetString()!);
        Assert.Contains("AIによる解析補助・医師未確認", report.GetProperty("text").GetProperty("div").GetString(), StringComparison.Ordinal);
        Assert.Equal(sample.Patient, report.GetProperty("subject").GetProperty("reference").GetString());

        var search = await worker.JsonAsync($"/fhir/DiagnosticReport?patient={sample.Patient}");
        var found = Assert.Single(search.GetProperty("entry").EnumerateArray().ToArray());
        Assert.Equal(outcome.Report, $"DiagnosticReport/{found.GetProperty("resource").GetProperty("id").GetString()}");

        var stored = await worker.JsonAsync($"/fhir/{outcome.Observation}");
        Assert.Equal(Waveform(sample.Json), Waveform(stored));

        var page = await worker.Http.GetStringAsync("/", TestContext.Current.CancellationToken);
        Assert.Contains("このモデルは次の最緊急所見を示唆できません", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_event_twice_and_two_events_with_the_same_ecg_give_one_result()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var sample = Sample(1);
        var first = Guid.NewGuid();
        var second = Guid.NewGuid();

        await Task.WhenAll(
            worker.Events.PublishAsync(sample.Utf8, eventId: first),
            worker.Events.PublishAsync(sample.Utf8, eventId: first),
            worker.Events.PublishAsync(sample.Utf8, eventId: second, stat: true));
        var one = await worker.Events.OutcomeAsync(first);
        var two = await worker.Events.OutcomeAsync(second);

        Assert.NotNull(one.StudyId);
        Assert.Equal((one.StudyId, one.Status, one.Report), (two.StudyId, two.Status, two.Report));
        var search = await worker.JsonAsync($"/fhir/DiagnosticReport?patient={sample.Patient}");
        Assert.Single(search.GetProperty("entry").EnumerateArray());
    }

    [Fact]
    public async Task An_event_can_name_a_stored_observation()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var first = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Sample(2).Utf8));
        var again = Guid.NewGuid();
        var unknown = Guid.NewGuid();

        await worker.Events.PublishRawAsync(Encoding.UTF8.GetBytes($$"""{"eventId":"{{again}}","reference":"{{first.Observation}}"}"""));
        await worker.Events.PublishRawAsync(Encoding.UTF8.GetBytes($$"""{"eventId":"{{unknown}}","reference":"Observation/none"}"""));

        Assert.Equal(first.StudyId, (await worker.Events.OutcomeAsync(again)).StudyId);
        var refused = await worker.Events.OutcomeAsync(unknown);
        Assert.Equal("rejected", refused.Status);
        Assert.Equal(["reference-unknown"], refused.ReasonCodes);
    }

    [Fact]
    public async Task A_flat_lead_is_unanalysable_and_asks_for_a_physician()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var ecg = JsonNode.Parse(Sample(0).Utf8)!;
        var lead = ecg["component"]!.AsArray().First(c => c!["valueSampledData"] is not null)!["valueSampledData"]!;
        var count = lead["data"]!.GetValue<string>().Split(' ').Length;
        lead["data"] = string.Join(' ', Enumerable.Repeat("0", count));

        var outcome = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Encoding.UTF8.GetBytes(ecg.ToJsonString())));

        Assert.Equal("unanalysable", outcome.Status);
        Assert.Contains("lead-flat", outcome.ReasonCodes);
        Assert.NotNull(outcome.Report);
        var report = await worker.JsonAsync($"/fhir/{outcome.Report}");
        Assert.Contains("判定保留", report.GetProperty("conclusion").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_event_is_not_found()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);

        Assert.Equal(HttpStatusCode.NotFound, await worker.StatusAsync($"/events/{Guid.NewGuid()}"));
    }

    private static (byte[] Utf8, JsonElement Json, string Patient) Sample(int index)
    {
        var utf8 = Repository.ReadSample(index);
        var json = JsonElement.Parse(utf8);
        return (utf8, json, json.GetProperty("subject").GetProperty("reference").GetString()!);
    }

    private static string[] Waveform(JsonElement observation) =>
    [
        .. observation.GetProperty("component").EnumerateArray()
            .Where(component => component.TryGetProperty("valueSampledData", out _))
            .Select(component => component.GetProperty("valueSampledData").GetProperty("data").GetString()!),
    ];
}
