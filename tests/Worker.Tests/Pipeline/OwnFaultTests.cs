using System.Text;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Tests.Support;

namespace EcgIntegration.Worker.Tests.Pipeline;

/// <summary>A defect of the worker is no reason to reject an ECG.</summary>
public sealed class OwnFaultTests(PostgresFixture postgres, RabbitMqFixture rabbit)
{
    [Fact]
    public async Task An_event_that_a_fault_of_ours_keeps_from_being_read_is_kept_and_read_again()
    {
        await using var worker = await RunningWorker.StartAsync(
            postgres, rabbit, services: services => FaultyLedger.Install(services, nameof(IStudyLedger.ReceiveAsync), faults: 2));

        var eventId = await worker.Events.PublishAsync(Repository.ReadSample(0));
        await Eventually.TrueAsync("kept", async () => await worker.StatusAsync($"/events/{eventId}") == System.Net.HttpStatusCode.OK);
        var kept = await worker.JsonAsync($"/events/{eventId}");
        Assert.Equal("received", kept.GetProperty("status").GetString());
        Assert.Equal("intake-fault", kept.GetProperty("reasons")[0].GetProperty("code").GetString());

        var outcome = await worker.Events.OutcomeAsync(eventId);
        Assert.Equal("classified", outcome.Status);
        Assert.Equal(3, (await worker.JsonAsync($"/events/{eventId}")).GetProperty("attempts").GetInt32());
        Assert.NotNull(outcome.Report);
    }

    [Fact]
    public async Task A_withdrawal_that_a_fault_of_ours_keeps_from_being_read_is_read_again_and_takes_the_result_back()
    {
        await using var worker = await RunningWorker.StartAsync(
            postgres, rabbit, services: services => FaultyLedger.Install(services, nameof(IStudyLedger.ReceiveWithdrawalAsync), faults: 1));
        var first = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Corrections.Ecg("o1", Corrections.UrgentSample)));

        var id = await worker.Events.PublishAsync(Corrections.EnteredInError("o1"), occurredAt: Corrections.Later);
        var outcome = await worker.Events.OutcomeAsync(id);

        Assert.Equal(("rejected", 2), (outcome.Status, (await worker.JsonAsync($"/events/{id}")).GetProperty("attempts").GetInt32()));
        Assert.Equal(["observation-withdrawn"], outcome.ReasonCodes);
        Assert.Equal("entered-in-error", await Corrections.StatusAsync(worker, $"/fhir/{first.Report}"));
    }

    [Fact]
    public async Task A_withdrawal_under_an_id_that_belongs_to_another_event_is_refused_and_not_taken_for_it()
    {
        await using var worker = await RunningWorker.StartAsync(postgres, rabbit);
        var first = await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Corrections.Ecg("o2", Corrections.UrgentSample)));
        var used = await worker.Events.PublishAsync(Corrections.EnteredInError("o3"), occurredAt: Corrections.Later);
        Assert.Equal("rejected", (await worker.Events.OutcomeAsync(used)).Status);

        await worker.Events.PublishAsync(Corrections.EnteredInError("o2"), eventId: used, occurredAt: Corrections.Later);

        var refused = await worker.Events.OutcomeAsync(outcome => outcome.ReasonCodes.Contains("event-id-reused"));
        Assert.NotEqual(used, refused.EventId);
        Assert.Equal("preliminary", await Corrections.StatusAsync(worker, $"/fhir/{first.Report}"));

        // The very same withdrawal again is the same event.
        await worker.Events.PublishAsync(Corrections.EnteredInError("o3"), eventId: used, occurredAt: Corrections.Later);
        await worker.Events.OutcomeAsync(await worker.Events.PublishAsync(Corrections.Ecg("o4", Corrections.UrgentSample)));
        Assert.Single(worker.Events.Outcomes, outcome => outcome.ReasonCodes.Contains("event-id-reused"));
    }

    [Fact]
    public async Task A_bad_event_that_is_read_again_is_rejected_after_all()
    {
        await using var worker = await RunningWorker.StartAsync(
            postgres, rabbit, services: services => FaultyLedger.Install(services, nameof(IStudyLedger.RejectAsync), faults: 1));
        var eventId = Guid.NewGuid();
        var body = Encoding.UTF8.GetBytes($$"""{"eventId":"{{eventId}}","observation":{"resourceType":"Observation","status":"final"} }""");

        await worker.Events.PublishRawAsync(body);
        var outcome = await worker.Events.OutcomeAsync(eventId);

        Assert.Equal(("rejected", 2), (outcome.Status, (await worker.JsonAsync($"/events/{eventId}")).GetProperty("attempts").GetInt32()));
        Assert.DoesNotContain("intake-fault", outcome.ReasonCodes);

        // The same message again is the same event, another one under its id is not.
        await worker.Events.PublishRawAsync(body);
        await worker.Events.PublishAsync(Repository.ReadSample(0), eventId: eventId);
        var reused = await worker.Events.OutcomeAsync(o => o.EventId != eventId);
        Assert.Equal(["event-id-reused"], reused.ReasonCodes);
    }
}
