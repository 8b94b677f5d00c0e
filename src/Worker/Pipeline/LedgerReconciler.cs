using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Worker.Hosting;
using EcgIntegration.Worker.Intake;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Pipeline;

/// <summary>
/// Takes up what lies in the ledger: ECGs that clients have written, and ECGs that are due again after a fault or a crash. With the
/// <see cref="OutcomeRepublisher"/> it takes the place of an outbox (docs/adr/0002).
/// </summary>
internal sealed partial class LedgerReconciler(
    IStudyLedger ledger,
    IFhirStore store,
    EventPipeline pipeline,
    StudyProcessor processor,
    OutcomeDispatcher outcomes,
    LedgerSignal signal,
    StartupGate gate,
    IOptions<IntakeOptions> options,
    TimeProvider time,
    ILogger<LedgerReconciler> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.DatabaseReady.WaitAsync(stoppingToken);
        await Task.WhenAll(
            Lane(EventPriority.Stat, options.Value.StatConcurrency).RunAsync(stoppingToken),
            Lane(EventPriority.Routine, options.Value.RoutineConcurrency).RunAsync(stoppingToken));
    }

    private LedgerLane Lane(EventPriority priority, int width) => new(priority, width, LeaseAsync, TakeUpAsync, signal, time);

    /// <summary>Whatever keeps the ledger from answering, it still holds the work, and the next round begins with it.</summary>
    private async Task<IReadOnlyList<LedgerEntry>> LeaseAsync(EventPriority priority, int limit, CancellationToken cancellationToken)
    {
        try
        {
            return await ledger.LeaseDueAsync(limit, options.Value.TakeUpAfter, priority, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogRoundEnded(logger, e.GetType().Name);
            return [];
        }
    }

    private Task TakeUpAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        LogTakenUp(logger, entry.EventId, entry.Attempts);
        return ByItselfAsync(
            entry, async () => await outcomes.DispatchAsync(await DecideAsync(entry, cancellationToken), cancellationToken), cancellationToken);
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

    private async Task<LedgerEntry> DecideAsync(LedgerEntry entry, CancellationToken cancellationToken)
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
            if (stored is not null && entry.AwaitsStudy && EnvelopeReader.TryRead(stored.Json.Span, out var envelope, out _)
                && envelope.WithdrawnStatus is { } status)
            {
                return await processor.WithdrawAsync(entry, status, cancellationToken);
            }

            if (stored is null || !IncomingEcg.TryRead(stored.Json, out var ecg, out _))
            {
                throw new InvalidDataException("A received ECG cannot be read back from the store.");
            }

            return entry.AwaitsStudy
                ? await pipeline.TakeStoredAsync(entry, ecg, cancellationToken)
                : await processor.ProcessAsync(entry, ecg, cancellationToken);
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
