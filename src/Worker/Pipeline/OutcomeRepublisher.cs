using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Worker.Hosting;

namespace EcgIntegration.Worker.Pipeline;

/// <summary>
/// Publishes outcomes and notices that are durable but not known to be published, several at once: after an outage there are
/// thousands. What is refused again rests, longer each time, and the others go on (docs/adr/0002).
/// </summary>
internal sealed partial class OutcomeRepublisher(
    IStudyLedger ledger, OutcomeDispatcher outcomes, StartupGate gate, TimeProvider time, ILogger<OutcomeRepublisher> logger) : BackgroundService
{
    private const int Share = 256;
    private const int AtOnce = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LeftUnpublished = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.DatabaseReady.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await RoundAsync(stoppingToken))
                {
                    LogMore(logger, Share);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                // Whatever it was, the ledger still holds the outcomes and the next round begins with them.
                LogRoundEnded(logger, e.GetType().Name);
            }
        }
    }

    /// <returns>True where there may be more, and some of these could be published.</returns>
    private async Task<bool> RoundAsync(CancellationToken cancellationToken)
    {
        var due = await ledger.LeaseUnpublishedAsync(Share, LeftUnpublished, cancellationToken);
        var confirmed = 0;
        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (entry, _) =>
            {
                if (await IsPublishedAsync(entry, cancellationToken))
                {
                    Interlocked.Increment(ref confirmed);
                }
            });
        return due.Count == Share && confirmed > 0;
    }

    /// <summary>One entry's fault is its own.</summary>
    private async Task<bool> IsPublishedAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            return await outcomes.DispatchAsync(entry, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogLeft(logger, entry.EventId, e.GetType().Name);
            return false;
        }
    }

    [LoggerMessage(1511, LogLevel.Warning, "A round of publishing outcomes again ended early ({Fault}); the next one goes on.")]
    private static partial void LogRoundEnded(ILogger logger, string fault);

    [LoggerMessage(1512, LogLevel.Warning, "The outcome of event {EcgEvent} is left for a later round ({Fault}).")]
    private static partial void LogLeft(ILogger logger, Guid ecgEvent, string fault);

    [LoggerMessage(1513, LogLevel.Debug, "{Count} outcomes were published again, and there are more.")]
    private static partial void LogMore(ILogger logger, int count);
}
