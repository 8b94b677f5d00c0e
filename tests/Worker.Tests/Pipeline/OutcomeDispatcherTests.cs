using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Operations;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Hosting;
using EcgIntegration.Worker.Messaging;
using EcgIntegration.Worker.Observability;
using EcgIntegration.Worker.Pipeline;
using EcgIntegration.Worker.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace EcgIntegration.Worker.Tests.Pipeline;

/// <summary>What one consumer's queue does to its own messages is no business of the others.</summary>
public sealed class OutcomeDispatcherTests(WorkerSite site) : IClassFixture<WorkerSite>, IDisposable
{
    private readonly ServiceProvider _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_kind_that_is_refused_or_not_confirmed_leaves_the_others_alone_and_is_still_published(bool refuses)
    {
        var publisher = new PublisherWithout(StudyStatus.Rejected, refuses);
        var dispatcher = Dispatcher(publisher);
        var rejected = await RejectAsync();
        var failed = await FailAsync();

        Assert.False(await dispatcher.DispatchAsync(rejected, Stop));
        Assert.True(await dispatcher.DispatchAsync(failed, Stop));
        Assert.NotNull((await site.Ledger.FindAsync(failed.EventId, Stop))!.PublishedAt);

        // Each goes to the queues that do take it, whatever became of the one before.
        var next = await RejectAsync();
        Assert.False(await dispatcher.DispatchAsync(next, Stop));
        Assert.Equal([rejected.EventId, failed.EventId, next.EventId], publisher.Asked);
        Assert.Null((await site.Ledger.FindAsync(next.EventId, Stop))!.PublishedAt);
    }

    [Fact]
    public async Task Thousands_that_are_refused_do_not_keep_the_republisher_from_the_rest()
    {
        var refused = new List<LedgerEntry>();
        for (var i = 0; i < 300; i++)
        {
            refused.Add(await RejectAsync());
        }

        var failed = await FailAsync();
        var publisher = new PublisherWithout(StudyStatus.Rejected, refuses: true);
        var gate = new StartupGate();
        gate.OpenDatabase();
        using var republisher = new OutcomeRepublisher(
            site.Ledger, Dispatcher(publisher), gate, new FastTime(10), NullLogger<OutcomeRepublisher>.Instance);

        await republisher.StartAsync(Stop);
        await Eventually.TrueAsync("the other is published", async () => (await site.Ledger.FindAsync(failed.EventId, Stop))?.PublishedAt is not null);
        await republisher.StopAsync(Stop);

        Assert.Null((await site.Ledger.FindAsync(refused[0].EventId, Stop))!.PublishedAt);
    }

    public void Dispose() => _meters.Dispose();

    private OutcomeDispatcher Dispatcher(IOutcomePublisher publisher) => new(
        site.Ledger,
        site.Services.GetRequiredService<IKeptBodies>(),
        publisher,
        new PipelineMetrics(_meters.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()),
        new FastTime(20),
        NullLogger<OutcomeDispatcher>.Instance);

    private Task<LedgerEntry> RejectAsync() => site.Ledger.RejectAsync(
        new RejectedEvent(
            Guid.NewGuid(), "cart-7", null, EventPriority.Routine, TimeProvider.System.GetUtcNow(), [EcgIntegration.Worker.Intake.EventReasons.EventIdReused.At(null)],
            new byte[] { 1 }),
        Stop);

    private async Task<LedgerEntry> FailAsync()
    {
        var entry = await site.Ledger.KeepUnreadAsync(
            new RejectedEvent(
                Guid.NewGuid(), "cart-7", null, EventPriority.Routine, TimeProvider.System.GetUtcNow(), [EcgIntegration.Worker.Intake.EventReasons.DeliveryLimit.At(null)],
                new byte[] { 2 }),
            TimeProvider.System.GetUtcNow().AddHours(1),
            Stop);
        return await site.Ledger.FailAsync(entry.EventId, entry.Reasons[0], Stop);
    }

    /// <summary>A broker that refuses the outcomes of one status, or never confirms them.</summary>
    private sealed class PublisherWithout(StudyStatus status, bool refuses) : IOutcomePublisher
    {
        public System.Collections.Concurrent.ConcurrentQueue<Guid> Asked { get; } = [];

        public Task PublishAsync(StudyOutcome outcome, CancellationToken cancellationToken)
        {
            Asked.Enqueue(outcome.EventId);
            return outcome.Status != status ? Task.CompletedTask
                : refuses ? Task.FromException(new OutcomeRefusedException())
                : Task.Delay(Timeout.Infinite, cancellationToken);
        }

        public Task PublishAsync(DeadLetterNotice notice, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
