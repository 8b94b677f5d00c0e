using EcgIntegration.Persistence.Replay;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Hosting;
using EcgIntegration.Worker.Intake;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Replay;

/// <summary>
/// Puts ECGs of running replays on the replay queue, never more than a few at once: what a replay is long lies in
/// PostgreSQL, and the broker is as it always is. Several workers may do so at once.
/// </summary>
internal sealed partial class ReplayFeeder(
    IReplayWork work,
    IReplayPublisher publisher,
    IModelPool models,
    StartupGate gate,
    IOptions<ReplayOptions> options,
    IOptions<IntakeOptions> intake,
    TimeProvider time,
    ILogger<ReplayFeeder> logger) : BackgroundService
{
    private static readonly TimeSpan Busy = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BusyFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Refused = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.DatabaseReady.WaitAsync(stoppingToken);
        var lastHandedOut = long.MinValue;
        while (true)
        {
            try
            {
                lastHandedOut = await RoundAsync(stoppingToken) > 0 ? time.GetTimestamp() : lastHandedOut;
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                // The leases run out, and the next round begins with what they leave.
                LogRoundEnded(logger, e.GetType().Name);
            }

            // A full queue is emptied within moments: a running replay is looked after often, however little it takes at once.
            var busy = lastHandedOut != long.MinValue && time.GetElapsedTime(lastHandedOut) < BusyFor;
            await Task.Delay(busy ? Busy : Idle, time, stoppingToken);
        }
    }

    private async Task<int> RoundAsync(CancellationToken cancellationToken)
    {
        var most = intake.Value.MaxAttempts;
        var tickets = await work.HandOutAsync(
            new ReplayLimits(
                options.Value.InFlight, options.Value.Lease, most, models.Active.Sha256, EventReasons.AttemptsUsedUp.At(null, most)),
            cancellationToken);
        var answers = true;
        foreach (var ticket in tickets)
        {
            // A broker that does not answer would be waited for once for each.
            answers = answers
                ? await PublishAsync(ticket, cancellationToken)
                : await PutOffAsync(ticket, answers, cancellationToken);
        }

        return tickets.Count;
    }

    /// <returns>False where the broker does not answer.</returns>
    private async Task<bool> PublishAsync(ReplayTicket ticket, CancellationToken cancellationToken)
    {
        try
        {
            await publisher.PublishAsync(ticket, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogNotQueued(logger, ticket.JobId, ticket.Ordinal, e.GetType().Name);
            return await PutOffAsync(ticket, e is not TimeoutException, cancellationToken);
        }
    }

    private async Task<bool> PutOffAsync(ReplayTicket ticket, bool answers, CancellationToken cancellationToken)
    {
        await work.DeferAsync(ticket, time.GetUtcNow() + Refused, takesBack: false, cancellationToken);
        return answers;
    }

    [LoggerMessage(1611, LogLevel.Warning, "A round of replays ended early ({Fault}); the next one goes on.")]
    private static partial void LogRoundEnded(ILogger logger, string fault);

    [LoggerMessage(1612, LogLevel.Warning, "ECG {Ordinal} of replay {Replay} could not be queued ({Fault}); it is tried again.")]
    private static partial void LogNotQueued(ILogger logger, Guid replay, int ordinal, string fault);
}
