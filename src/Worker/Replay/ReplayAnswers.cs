using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Worker.Hosting;

namespace EcgIntegration.Worker.Replay;

/// <summary>
/// Tells of the end of replays, and of wishes that were refused, at least once. Both lie in PostgreSQL until the broker has
/// them, so that a consumer's queue that takes nothing holds up neither replays nor the queue they come by.
/// </summary>
internal sealed partial class ReplayAnswers(
    IReplayWork work,
    IStudyLedger ledger,
    IReplayPublisher publisher,
    StartupGate gate,
    TimeProvider time,
    ILogger<ReplayAnswers> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.DatabaseReady.WaitAsync(stoppingToken);
        var pause = Pause;
        while (true)
        {
            await Task.Delay(pause, time, stoppingToken);
            try
            {
                await RoundAsync(stoppingToken);
                pause = Pause;
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                // Nothing is lost by it: the next round begins with what this one left.
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                LogRoundEnded(logger, e.GetType().Name);
            }
        }
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        await work.CompleteAsync(cancellationToken);
        foreach (var leftover in await work.LeftoversAsync(cancellationToken))
        {
            if (await ledger.FindAsync(leftover.EventId, cancellationToken) is { } entry
                && ReplaySides.Written(leftover.Before, entry) is { } finding)
            {
                await work.FinishAsync(leftover.Ticket, finding, cancellationToken);
            }
        }

        foreach (var refusal in await work.UnansweredAsync(cancellationToken))
        {
            await publisher.PublishAsync(
                new ReplayFinished(null, refusal.Key, "rejected", false, null, 0, 0, 0, 0, 0, 0, refusal.Reasons, refusal.RefusedAt), cancellationToken);
            await work.MarkAnsweredAsync(refusal.EventId, cancellationToken);
        }

        foreach (var job in await work.UnpublishedAsync(cancellationToken))
        {
            await publisher.PublishAsync(EndOf(job), cancellationToken);
            await work.MarkPublishedAsync(job.Id, cancellationToken);
            LogFinished(logger, job.Id, WireName.Of(job.State), job.Counts.Done, job.Counts.Total, job.Counts.Changed);
        }
    }

    private static ReplayFinished EndOf(ReplayJob job) => new(
        job.Id, job.Key, WireName.Of(job.State), job.DryRun, job.ModelSha256, job.Counts.Total, job.Counts.Unchanged, job.Counts.Changed,
        job.Counts.BecameUrgent, job.Counts.Failed, job.Counts.NotReplayable, [], job.FinishedAt!.Value);

    [LoggerMessage(1613, LogLevel.Information, "Replay {Replay} is {State}: {Done} of {Total} ECGs, {Changed} changed.")]
    private static partial void LogFinished(ILogger logger, Guid replay, string state, int done, int total, int changed);

    [LoggerMessage(1631, LogLevel.Warning, "A round of answers about replays ended early ({Fault}); a later one goes on.")]
    private static partial void LogRoundEnded(ILogger logger, string fault);
}
