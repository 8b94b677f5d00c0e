using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Intake;
using EcgIntegration.Worker.Pipeline;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Replay;

/// <summary>One ECG of a replay to its result. Every step can be repeated: the replay and the ledger know what is done already.</summary>
internal sealed partial class ReplayProcessor(
    IReplayWork work,
    StoredEcgReplay storedEcgs,
    KeptBodyReplay keptBodies,
    DatabasePatience patience,
    IOptions<ReplayOptions> options,
    IOptions<IntakeOptions> intake,
    TimeProvider time,
    ILogger<ReplayProcessor> logger)
{
    /// <summary>How long the ledger is left alone with a study that it tries again.</summary>
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(5);

    /// <summary>Returns when the result is noted, or the ECG is to be handed out again.</summary>
    public async Task HandleAsync(ReplayTicket ticket, CancellationToken cancellationToken) =>
        await patience.ExecuteAsync(async token => await OnceAsync(ticket, token), cancellationToken);

    private async Task OnceAsync(ReplayTicket ticket, CancellationToken cancellationToken)
    {
        if (await work.BeginAsync(ticket, options.Value.Lease, intake.Value.MaxAttempts, cancellationToken) is not { } item)
        {
            return;
        }

        try
        {
            var finding = item.ObservationId is { } observationId
                ? await storedEcgs.RunAsync(item, observationId, cancellationToken)
                : await keptBodies.RunAsync(item, cancellationToken);
            await (finding is null
                ? work.DeferAsync(ticket, time.GetUtcNow() + LookAgainAfter, takesBack: true, cancellationToken)
                : work.FinishAsync(ticket, finding, cancellationToken));
        }
        catch (ModelUnavailableException)
        {
            // Another attempt would end as this one, for every ECG of the replay.
            await work.FinishAsync(
                ticket, new ReplayFinding(ReplayResult.Failed, Reason: ClassificationReasons.ModelUnavailable.At(null)), cancellationToken);
        }
        catch (Exception e) when (e is not (OperationCanceledException or ClassifierStoppingException) && !DatabaseFaults.IsTransient(e))
        {
            await GiveBackAsync(item, e.GetType().Name, cancellationToken);
        }
    }

    private async Task GiveBackAsync(ReplayItem item, string fault, CancellationToken cancellationToken)
    {
        LogFault(logger, item.Ordinal, item.JobId, item.Attempts, fault);
        if (item.Attempts >= intake.Value.MaxAttempts)
        {
            await work.FinishAsync(
                item.Ticket,
                new ReplayFinding(ReplayResult.Failed, item.Before, Reason: EventReasons.AttemptsUsedUp.At(null, item.Attempts)),
                cancellationToken);
            return;
        }

        await work.DeferAsync(
            item.Ticket, time.GetUtcNow() + RetryDelay.After(item.Attempts, Random.Shared.NextDouble()), takesBack: false, cancellationToken);
    }

    [LoggerMessage(1621, LogLevel.Warning, "ECG {Ordinal} of replay {Replay}, attempt {Attempt}, ended in {Fault}.")]
    private static partial void LogFault(ILogger logger, int ordinal, Guid replay, int attempt, string fault);
}
