using System.Collections.Concurrent;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Operations;
using EcgIntegration.Worker.Messaging;
using EcgIntegration.Worker.Observability;

namespace EcgIntegration.Worker.Pipeline;

/// <summary>
/// Publishes final outcomes, and the notices that some of them owe, at least once, and notes it in the ledger. What the broker
/// refuses or does not confirm in time is left to the <see cref="OutcomeRepublisher"/>: one consumer's queue that is full or
/// stands still must keep neither ECGs from being read nor other consumers from hearing of them.
/// </summary>
/// <remarks>
/// A message goes to all its queues before the confirm is waited for. So each is published once at least, whatever became of
/// those before it; only the waiting is short while messages of its kind go unconfirmed.
/// </remarks>
internal sealed partial class OutcomeDispatcher(
    IStudyLedger ledger,
    IKeptBodies bodies,
    IOutcomePublisher publisher,
    PipelineMetrics metrics,
    TimeProvider time,
    ILogger<OutcomeDispatcher> logger)
{
    /// <summary>Most messages handed to the client and not done with: a broker that takes nothing must not fill the memory.</summary>
    private const int MostUnderWay = 1024;

    private const string NoticeKind = "notice";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortPatience = TimeSpan.FromMilliseconds(250);

    /// <summary>Routing keys whose last message was not confirmed in time: those that came meanwhile would wait in vain.</summary>
    private readonly ConcurrentDictionary<string, bool> _silent = new(StringComparer.Ordinal);

    private int _underWay;

    /// <summary>Publishes what an entry that is final has still to say.</summary>
    /// <returns>False where that is left for later.</returns>
    public async Task<bool> DispatchAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        if (!entry.IsFinal)
        {
            return true;
        }

        var published = true;
        if (entry.PublishedAt is null)
        {
            var outcome = entry.ToOutcome();
            var kind = EventNames.RoutingKey(outcome);
            published = await SoonAsync(kind, TellAsync(entry, outcome, kind, cancellationToken), cancellationToken);
        }

        return (!entry.NoticeOwed || await SoonAsync(NoticeKind, NotifyAsync(entry, cancellationToken), cancellationToken)) && published;
    }

    private async Task<bool> TellAsync(LedgerEntry entry, StudyOutcome outcome, string kind, CancellationToken cancellationToken)
    {
        if (!await IsConfirmedAsync(kind, entry.EventId, token => publisher.PublishAsync(outcome, token), cancellationToken))
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

    private async Task<bool> NotifyAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        var kept = await bodies.FindAsync(entry.EventId, cancellationToken)
            ?? throw new InvalidDataException("Of a rejected event not even the hash is kept.");
        var notice = new DeadLetterNotice(entry.EventId, entry.Reasons[0].Code, kept.Sha256, kept.Length, entry.ReceivedAt);
        if (!await IsConfirmedAsync(NoticeKind, entry.EventId, token => publisher.PublishAsync(notice, token), cancellationToken))
        {
            return false;
        }

        await ledger.MarkNoticedAsync(entry.EventId, cancellationToken);
        return true;
    }

    /// <summary>
    /// What comes of a publishing, or false where it takes long and messages of its kind have gone unconfirmed before: then it
    /// goes on by itself, and is noted in the ledger should it be confirmed after all.
    /// </summary>
    private async Task<bool> SoonAsync(string kind, Task<bool> publishing, CancellationToken cancellationToken)
    {
        if (!_silent.ContainsKey(kind) || await Task.WhenAny(publishing, Task.Delay(ShortPatience, time, cancellationToken)) == publishing)
        {
            return await publishing;
        }

        _ = publishing.ContinueWith(
            late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return false;
    }

    private async Task<bool> IsConfirmedAsync(
        string kind, Guid eventId, Func<CancellationToken, Task> publish, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _underWay) > MostUnderWay)
        {
            Interlocked.Decrement(ref _underWay);
            return false;
        }

        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await publish(either.Token).WaitAsync(either.Token);
            _silent.TryRemove(kind, out _);
            return true;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            _silent[kind] = true;
            LogUnconfirmed(logger, eventId, kind, Patience.TotalSeconds);
            return false;
        }
        catch (OutcomeRefusedException)
        {
            // An answer, and a quick one: nothing has to be waited for.
            _silent.TryRemove(kind, out _);
            LogRefused(logger, eventId, kind);
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    [LoggerMessage(1301, LogLevel.Information, "Event {EcgEvent}: {Status}, urgency {Urgency}, reasons [{ReasonCodes}].")]
    private static partial void LogOutcome(ILogger logger, Guid ecgEvent, string status, string urgency, string reasonCodes);

    [LoggerMessage(1302, LogLevel.Warning, "The broker has not confirmed what event {EcgEvent} has to say ({Kind}) in {Seconds:0} s: it is published again from the ledger.")]
    private static partial void LogUnconfirmed(ILogger logger, Guid ecgEvent, string kind, double seconds);

    [LoggerMessage(1303, LogLevel.Warning, "The broker refused what event {EcgEvent} has to say ({Kind}), because a consumer's queue is full: it is published again from the ledger.")]
    private static partial void LogRefused(ILogger logger, Guid ecgEvent, string kind);
}
