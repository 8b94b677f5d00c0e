using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Worker.Observability;

namespace EcgIntegration.Worker.Pipeline;

/// <summary>Publishes final outcomes, at least once, and notes it in the ledger.</summary>
internal sealed partial class OutcomeDispatcher(
    IStudyLedger ledger, IOutcomePublisher publisher, PipelineMetrics metrics, ILogger<OutcomeDispatcher> logger)
{
    public async Task DispatchAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        if (!entry.IsFinal || entry.PublishedAt is not null)
        {
            return;
        }

        var outcome = entry.ToOutcome();
        await publisher.PublishAsync(outcome, cancellationToken);
        await ledger.MarkPublishedAsync(entry.EventId, cancellationToken);
        metrics.Finished(outcome, outcome.FinishedAt - entry.ReceivedAt);
        LogOutcome(
            logger,
            entry.EventId,
            WireName.Of(entry.Status),
            entry.Urgency is { } urgency ? WireName.Of(urgency) : "none",
            string.Join(',', entry.Reasons.Select(reason => reason.Code)));
    }

    [LoggerMessage(1301, LogLevel.Information, "Event {EcgEvent}: {Status}, urgency {Urgency}, reasons [{ReasonCodes}].")]
    private static partial void LogOutcome(ILogger logger, Guid ecgEvent, string status, string urgency, string reasonCodes);
}
