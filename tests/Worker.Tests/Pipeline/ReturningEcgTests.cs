using System.Text;
using System.Text.Json.Nodes;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Tests.Support;
using static EcgIntegration.Worker.Tests.Support.Corrections;

namespace EcgIntegration.Worker.Tests.Pipeline;

/// <summary>What is shown of an ECG that comes again after its result was superseded or taken back.</summary>
public sealed class ReturningEcgTests(PostgresFixture postgres, RabbitMqFixture rabbit)
{
    private const int CalmSample = 3;

    [Fact]
    public async Task An_urgent_ecg_that_was_corrected_by_mistake_is_urgent_again_when_it_comes_back()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("r1", UrgentSample)));
        var calm = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("r1", CalmSample), occurredAt: Later));
        Assert.NotEqual("urgent", calm.Urgency);

        var back = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("r1", UrgentSample), occurredAt: Latest));

        Assert.Equal("study.classified.urgent", back.RoutingKey);
        var report = await worker.JsonAsync($"/fhir/{back.Report}");
        Assert.Equal(("3", "3"), (Version(await worker.JsonAsync("/fhir/Observation/r1")), Version(report)));
        Assert.Equal(back.StudyId, StudyOf(report));
        Assert.Contains(back.StudyId!.Value.ToString(), await UrgentPartAsync(worker), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ecg_withdrawn_by_mistake_has_a_valid_report_when_it_comes_back()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var first = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("r2", UrgentSample)));
        await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(EnteredInError("r2"), occurredAt: Later));
        Assert.Equal("entered-in-error", await StatusAsync(worker, $"/fhir/{first.Report}"));

        var back = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("r2", UrgentSample), occurredAt: Latest));

        Assert.Equal(("study.classified.urgent", first.Report), (back.RoutingKey, back.Report));
        Assert.Equal("preliminary", await StatusAsync(worker, $"/fhir/{back.Report}"));
        Assert.Equal("requested", Assert.Single(await EntriesAsync(worker, "Task")).GetProperty("status").GetString());
        Assert.Contains(back.StudyId!.Value.ToString(), await UrgentPartAsync(worker), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_late_copy_of_a_withdrawn_ecg_revives_nothing_stat_or_not()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var first = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("r3", UrgentSample)));
        await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(EnteredInError("r3"), occurredAt: Later));

        foreach (var stat in new[] { true, false })
        {
            var copy = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("r3", UrgentSample), stat));
            Assert.Equal("study.rejected", copy.RoutingKey);
            Assert.Equal(["observation-withdrawn"], copy.ReasonCodes);
        }

        Assert.Equal("entered-in-error", await StatusAsync(worker, $"/fhir/{first.Report}"));
        Assert.Equal("cancelled", Assert.Single(await EntriesAsync(worker, "Task")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_late_stat_copy_of_the_version_before_raises_the_result_of_the_correction()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var first = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("r4", UrgentSample)));
        var corrected = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("r4", FlatSample), occurredAt: Later));
        Assert.Equal(("unanalysable", "review"), (corrected.Status, corrected.Urgency));

        var stat = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("r4", UrgentSample), stat: true));

        Assert.Equal(first.StudyId, stat.StudyId);
        var report = await worker.JsonAsync($"/fhir/{corrected.Report}");
        Assert.Equal(corrected.StudyId, StudyOf(report));
        Assert.Contains("緊急度: 緊急", report.GetProperty("conclusion").GetString(), StringComparison.Ordinal);
        Assert.Equal("asap", Assert.Single(await EntriesAsync(worker, "Task")).GetProperty("priority").GetString());
        Assert.Contains(corrected.StudyId!.Value.ToString(), await UrgentPartAsync(worker), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_correction_of_an_ecg_sent_as_stat_stays_stat()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("r5", CalmSample), stat: true));

        var corrected = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("r5", FlatSample), occurredAt: Later));

        Assert.Equal(("unanalysable", "urgent"), (corrected.Status, corrected.Urgency));
        Assert.Equal("asap", Assert.Single(await EntriesAsync(worker, "Task")).GetProperty("priority").GetString());
    }

    [Fact]
    public async Task A_second_sender_s_stat_copy_raises_the_one_result()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var routine = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("r7", FlatSample)));
        var id = Guid.NewGuid();
        byte[] body = [.. Encoding.UTF8.GetBytes($$"""{"eventId":"{{id}}","sourceSystem":"second","priority":"stat","observation":"""), .. Ecg("r7", FlatSample), (byte)'}'];

        await worker.Events.PublishRawAsync(body, stat: true);
        var stat = await worker.Events.OutcomeAsync(id);

        Assert.Equal((routine.StudyId, routine.Report, "unanalysable", "urgent"), (stat.StudyId, stat.Report, stat.Status, stat.Urgency));
    }

    [Fact]
    public async Task A_note_added_to_an_ecg_keeps_its_result()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var first = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Ecg("r6", UrgentSample)));
        var noted = JsonNode.Parse(Ecg("r6", UrgentSample))!;
        noted["note"] = new JsonArray(new JsonObject { ["text"] = "electrodes checked" });

        var second = await worker.Events.OutcomeAsync(
            await worker.Events.PublishAsync(Encoding.UTF8.GetBytes(noted.ToJsonString()), occurredAt: Later));

        Assert.Equal((first.StudyId, first.RoutingKey), (second.StudyId, second.RoutingKey));
        Assert.Equal("2", Version(await worker.JsonAsync("/fhir/Observation/r6")));
        Assert.Equal("1", Version(await worker.JsonAsync($"/fhir/{second.Report}")));
    }
}
