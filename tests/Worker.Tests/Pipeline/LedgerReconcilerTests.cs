using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Operations;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Hosting;
using EcgIntegration.Worker.Intake;
using EcgIntegration.Worker.Messaging;
using EcgIntegration.Worker.Observability;
using EcgIntegration.Worker.Pipeline;
using EcgIntegration.Worker.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Tests.Pipeline;

public sealed class LedgerReconcilerTests(WorkerSite site) : IClassFixture<WorkerSite>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_event_s_fault_does_not_hold_up_those_leased_with_it()
    {
        var ill = await ReceiveDueAsync(EventPriority.Stat);
        var well = await ReceiveDueAsync(EventPriority.Routine);
        using var meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var publisher = new PublisherWithout(ill);
        var dispatcher = new OutcomeDispatcher(
            site.Ledger,
            site.Services.GetRequiredService<IKeptBodies>(),
            publisher,
            new PipelineMetrics(meters.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()),
            TimeProvider.System,
            NullLogger<OutcomeDispatcher>.Instance);
        var gate = new StartupGate();
        gate.OpenDatabase();

        // One attempt was made at reception: the lease is one too many, so that both fail without being processed.
        using var reconciler = new LedgerReconciler(
            site.Ledger, site.Services.GetRequiredService<IFhirStore>(), null!, null!, dispatcher, new LedgerSignal(), gate,
            Options.Create(new IntakeOptions { MaxAttempts = 1 }), TimeProvider.System, NullLogger<LedgerReconciler>.Instance);
        await reconciler.StartAsync(Stop);
        await Eventually.TrueAsync("the other is published", async () => (await site.Ledger.FindAsync(well, Stop))?.PublishedAt is not null);
        await Eventually.TrueAsync("the ill one's turn", () => publisher.Asked.Contains(ill));
        await reconciler.StopAsync(Stop);

        Assert.Contains(ill, publisher.Asked);
        Assert.Equal((StudyStatus.Failed, null), await StateAsync(ill));
    }

    private async Task<(StudyStatus Status, DateTimeOffset? PublishedAt)> StateAsync(Guid eventId)
    {
        var entry = await site.Ledger.FindAsync(eventId, Stop);
        return (entry!.Status, entry.PublishedAt);
    }

    private async Task<Guid> ReceiveDueAsync(EventPriority priority)
    {
        var now = TimeProvider.System.GetUtcNow();
        var key = Guid.NewGuid().ToString("N");
        var study = new NewStudy(
            Guid.NewGuid(), "cart-7", null, priority, now.AddMinutes(-5), key + key, key, null,
            """{"resourceType": "Observation", "status": "final", "subject": {"reference": "Patient/1"}}"""u8.ToArray(), "input", "model", now.AddMinutes(-1));
        return (await site.Ledger.ReceiveAsync(study, Stop)).Entry.EventId;
    }

    /// <summary>A broker that takes everything but the outcomes of one event.</summary>
    private sealed class PublisherWithout(Guid eventId) : IOutcomePublisher
    {
        public System.Collections.Concurrent.ConcurrentQueue<Guid> Asked { get; } = [];

        public Task PublishAsync(StudyOutcome outcome, CancellationToken cancellationToken)
        {
            Asked.Enqueue(outcome.EventId);
            return outcome.EventId == eventId ? Task.FromException(new InvalidOperationException("Refused.")) : Task.CompletedTask;
        }

        public Task PublishAsync(DeadLetterNotice notice, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
