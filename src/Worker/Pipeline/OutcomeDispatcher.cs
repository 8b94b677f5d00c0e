using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Worker.Observability;

namespace EcgIntegration.Worker.Pipeline;

/// <summary>
/// Publishes final outcomes, at least once, and notes it in the ledger. What the broker does not confirm in time is left to
/// the <see cref="LedgerReconciler"/>: one consumer's queue that stands still must not keep ECGs from being read.
/// </summary>
internal sealed partial class OutcomeDispatcher(
    IStudyLedger ledger, IOutcomePublisher publisher, PipelineMetrics metrics, TimeProvider time, ILogger<OutcomeDispatcher> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    /// <summary>Until then nothing is tried, in ticks: each of those that came meanwhile would wait in vain.</summary>
    private long _restsUntil;

    /// <summary>Publishes the outcome of an entry that is final and not published.</summary>
    /// <returns>False where that is left for later.</returns>
    public async Task<bool> DispatchAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        if (!entry.IsFinal || entry.PublishedAt is not null)
        {
            return true;
        }

        var outcome = entry.ToOutcome();
        if (!await IsConfirmedAsync(outcome, cancellationToken))
        {
            return false;
        }

        await ledger.MarkPublishedAsync(entry.EventId, cancellationToken);
        metrics.Finished(outcome, outcome.FinishedAt - entry.ReceivedAt);
        LogOutcome(
            logger,
            entry.EventId,
            WireName.Of(entry.Status),
            entry.Urgency is { } urgency ? WireName.Of(urgency) : "none",
            string.Join(',', entry.Reasons.Select(reason => reason.Code)));
        return true;
    }

    private async Task<bool> IsConfirmedAsync(StudyOutcome outcome, CancellationToken cancellationToken)
    {
        if (time.GetUtcNow().UtcTicks < Volatile.Read(ref _restsUntil))
        {
            return false;
        }

        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await publisher.PublishAsync(outcome, either.Token).WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            Volatile.Write(ref _restsUntil, (time.GetUtcNow() + Rest).UtcTicks);
            LogUnconfirmed(logger, outcome.EventId, Patience.TotalSeconds);
            return false;
        }
    }

    [LoggerMessage(1301, LogLevel.Information, "Event {EcgEvent}: {Status}, urgency {Urgency}, reasons [{ReasonCodes}].")]
    private static partial void LogOutcome(ILogger logger, Guid ecgEvent, string status, string urgency, string reasonCodes);

    [LoggerMessage(1302, LogLevel.Warning, "The broker has not confirmed the outcome of event {EcgEvent} in {Seconds:0} s: it is published again from the ledger.")]
    private static partial void LogUnconfirmed(ILogger logger, Guid ecgEvent, double seconds);
}
