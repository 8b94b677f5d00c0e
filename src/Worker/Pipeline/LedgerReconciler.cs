using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Worker.Hosting;
using EcgIntegration.Worker.Intake;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Pipeline;

/// <summary>
/// Takes up what was left lying: ECGs that are due again after a fault or a crash. With the <see cref="OutcomeRepublisher"/> it
/// takes the place of an outbox (docs/adr/0002).
/// </summary>
internal sealed partial class LedgerReconciler(
    IStudyLedger ledger,
    IFhirStore store,
    EventPipeline pipeline,
    StudyProcessor processor,
    OutcomeDispatcher outcomes,
    StartupGate gate,
    IOptions<IntakeOptions> options,
    TimeProvider time,
    ILogger<LedgerReconciler> logger) : BackgroundService
{
    private const int Share = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.DatabaseReady.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RoundAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                // Whatever it was, the ledger still holds the work and the next round begins with it.
                LogRoundEnded(logger, e.GetType().Name);
            }
        }
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        foreach (var entry in await ledger.LeaseDueAsync(Share, options.Value.TakeUpAfter, cancellationToken))
        {
            LogTakenUp(logger, entry.EventId, entry.Attempts);
            await ByItselfAsync(
                entry, async () => await outcomes.DispatchAsync(await TakeUpAsync(entry, cancellationToken), cancellationToken), cancellationToken);
        }
    }

    /// <summary>
    /// One entry's fault is its own: those leased with it would otherwise lie until their lease ends, with an attempt lost.
    /// </summary>
    private async Task ByItselfAsync(LedgerEntry entry, Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogLeft(logger, entry.EventId, e.GetType().Name);
        }
    }

    private async Task<LedgerEntry> TakeUpAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Attempts > options.Value.MaxAttempts)
        {
            return await ledger.FailAsync(
                entry.EventId, EventReasons.AttemptsUsedUp.At(null, options.Value.MaxAttempts), cancellationToken);
        }

        if (entry.IsUnread)
        {
            return await pipeline.ReadAgainAsync(entry, cancellationToken);
        }

        try
        {
            var id = entry.Observation!["Observation/".Length..];
            var stored = await store.ReadVersionAsync("Observation", id, entry.ObservationVersion!.Value, cancellationToken);
            if (stored is not null && entry.StudyId is null && EnvelopeReader.TryRead(stored.Json.Span, out var envelope, out _)
                && envelope.WithdrawnStatus is { } status)
            {
                return await processor.WithdrawAsync(entry, status, cancellationToken);
            }

            return stored is not null && IncomingEcg.TryRead(stored.Json, out var ecg, out _)
                ? await processor.ProcessAsync(entry, ecg, cancellationToken)
                : throw new InvalidDataException("A received ECG cannot be read back from the store.");
        }
        catch (InvalidDataException e) when (!DatabaseFaults.IsTransient(e))
        {
            return await processor.GiveBackAsync(entry, e, cancellationToken);
        }
    }

    [LoggerMessage(1501, LogLevel.Information, "Event {EcgEvent} is taken up from the ledger, attempt {Attempt}.")]
    private static partial void LogTakenUp(ILogger logger, Guid ecgEvent, int attempt);

    [LoggerMessage(1503, LogLevel.Warning, "Event {EcgEvent} is left for a later round of the reconciler ({Fault}).")]
    private static partial void LogLeft(ILogger logger, Guid ecgEvent, string fault);

    [LoggerMessage(1502, LogLevel.Warning, "A round of the reconciler ended early ({Fault}); the next one goes on.")]
    private static partial void LogRoundEnded(ILogger logger, string fault);
}
