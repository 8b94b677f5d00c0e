using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Intake;
using EcgIntegration.Worker.Observability;
using EcgIntegration.Worker.Suggestions;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Pipeline;

/// <summary>A received ECG to its durable result; a fault on the way is noted in the ledger and tried again later.</summary>
internal sealed partial class StudyProcessor(
    IStudyLedger ledger,
    IFhirStore store,
    IModelPool models,
    FhirComposer composer,
    IOptions<IntakeOptions> options,
    PipelineMetrics metrics,
    TimeProvider time,
    ILogger<StudyProcessor> logger)
{
    private const int MostRounds = 20;

    /// <summary>As the other one, for an ECG that somebody waits for.</summary>
    public Task<LedgerEntry> ProcessAsync(LedgerEntry entry, IncomingEcg ecg, CancellationToken cancellationToken) =>
        ProcessAsync(entry, ecg, WindowPriority.Foreground, cancellationToken);

    /// <summary>
    /// The ledger's entry after this attempt: final, or still received and due again. A study is analysed by the model that
    /// it was received for, whichever is active by now.
    /// </summary>
    public async Task<LedgerEntry> ProcessAsync(
        LedgerEntry entry, IncomingEcg ecg, WindowPriority windows, CancellationToken cancellationToken)
    {
        try
        {
            return await CurrentlyAsync(
                entry,
                async (now, current) =>
                {
                    if (current is not null && RaisesAnother(now, current))
                    {
                        await RaiseCurrentAsync(now, current, windows, cancellationToken);
                        current = await ledger.CurrentResultAsync(ObservationIdOf(now), cancellationToken);
                    }

                    return await CompleteAsync(now, ecg, PriorityOf(now, current), current, windows, cancellationToken);
                },
                cancellationToken);
        }
        catch (Exception e) when (IsFaultOfThisAttempt(e))
        {
            return await GiveBackAsync(entry, e, cancellationToken);
        }
    }

    private async Task<LedgerEntry> CompleteAsync(
        LedgerEntry entry, IncomingEcg ecg, EventPriority priority, CurrentResult? current, WindowPriority windows, CancellationToken cancellationToken)
    {
        var model = await models.GetAsync(entry.ModelSha256!, cancellationToken);
        var analysis = await EcgAnalyser.AnalyseAsync(model, ecg.Recording, priority, windows, cancellationToken);
        return await ledger.CompleteAsync(entry.EventId, Compose(entry, ecg, model.Info, analysis, priority, current), cancellationToken);
    }

    /// <summary>A stat event has joined a study whose result is superseded: the ECG is wanted at once all the same.</summary>
    private static bool RaisesAnother(LedgerEntry entry, CurrentResult current) =>
        entry.StudyState is not (null or StudyStatus.Received) && current.StudyId != entry.StudyId && current.Priority < PriorityOf(entry, null);

    /// <summary>Gives the result that the ECG has now the priority of an event that belongs to an earlier one.</summary>
    private async Task RaiseCurrentAsync(LedgerEntry entry, CurrentResult current, WindowPriority windows, CancellationToken cancellationToken)
    {
        var shown = await ledger.FindByStudyAsync(current.StudyId, cancellationToken);
        var stored = await store.ReadVersionAsync("Observation", ObservationIdOf(entry), current.ObservationVersion, cancellationToken);
        if (shown is null || stored is null || !IncomingEcg.TryRead(stored.Json, out var ecg, out _))
        {
            throw new InvalidDataException("An ECG that has a result cannot be read back from the store.");
        }

        var read = shown with { Observation = $"Observation/{ObservationIdOf(entry)}", ObservationVersion = current.ObservationVersion };
        await CompleteAsync(read, ecg, PriorityOf(entry, null), current, windows, cancellationToken);
    }

    /// <summary>Takes the result of an ECG back that was entered in error.</summary>
    /// <returns>As for an ECG that is processed.</returns>
    public async Task<LedgerEntry> WithdrawAsync(LedgerEntry entry, string status, CancellationToken cancellationToken)
    {
        try
        {
            return await CurrentlyAsync(
                entry,
                (now, current) => ledger.CompleteWithdrawalAsync(now.EventId, Withdrawal(now, status, current), cancellationToken),
                cancellationToken);
        }
        catch (Exception e) when (IsFaultOfThisAttempt(e))
        {
            return await GiveBackAsync(entry, e, cancellationToken);
        }
    }

    /// <summary>
    /// Does what depends on the result that the ECG has at the moment, again where that changes meanwhile: two results of one
    /// ECG that race follow each other.
    /// </summary>
    private async Task<LedgerEntry> CurrentlyAsync(
        LedgerEntry entry, Func<LedgerEntry, CurrentResult?, Task<LedgerEntry>> work, CancellationToken cancellationToken)
    {
        for (var round = 1; ; round++)
        {
            var current = await ledger.CurrentResultAsync(ObservationIdOf(entry), cancellationToken);
            try
            {
                return await work(entry, current);
            }
            catch (ResultChangedException) when (round < MostRounds)
            {
                entry = await ledger.FindAsync(entry.EventId, cancellationToken) ?? entry;
            }
        }
    }

    /// <summary>Notes a fault: the event is due again after a delay that doubles, or has failed once its attempts are used up.</summary>
    public async Task<LedgerEntry> GiveBackAsync(LedgerEntry entry, Exception fault, CancellationToken cancellationToken)
    {
        var name = fault.GetType().Name;
        if (entry.Attempts >= options.Value.MaxAttempts)
        {
            LogFailed(logger, entry.EventId, entry.Attempts, name);
            return await ledger.FailAsync(
                entry.EventId, WithoutModel(fault) ?? EventReasons.AttemptsUsedUp.At(null, entry.Attempts), cancellationToken);
        }

        metrics.Postponed();
        var delay = RetryDelay.After(entry.Attempts, Random.Shared.NextDouble());
        LogPostponed(logger, entry.EventId, entry.Attempts, name, delay.TotalSeconds);
        await ledger.PostponeAsync(
            entry.EventId, WithoutModel(fault) ?? EventReasons.ProcessingFault.At(null, name), time.GetUtcNow() + delay, cancellationToken);
        return entry;
    }

    /// <summary>A model that is gone has a reason of its own, because the operator can mend that.</summary>
    private static Reason? WithoutModel(Exception fault) =>
        fault is ModelUnavailableException ? ClassificationReasons.ModelUnavailable.At(null) : null;

    /// <summary>A shutdown leaves the message with the broker, and an absent database is waited for, not counted.</summary>
    private static bool IsFaultOfThisAttempt(Exception e) =>
        e is not (OperationCanceledException or ClassifierStoppingException) && !DatabaseFaults.IsTransient(e);

    /// <summary>
    /// The most urgent event of the study decides, because the one that is processed is only one of them; and that of the
    /// result before, because an ECG that is wanted at once stays so when it is corrected or read again.
    /// </summary>
    private static EventPriority PriorityOf(LedgerEntry entry, CurrentResult? current) =>
        new[] { entry.Priority, entry.StudyPriority ?? entry.Priority, current?.Priority ?? entry.Priority }.Max();

    /// <summary>The study's, not the event's: the same ECG from a second sender lies elsewhere and has no result there.</summary>
    private static string ObservationIdOf(LedgerEntry entry) => entry.StudyObservationId ?? entry.Observation!["Observation/".Length..];

    private static int ObservationVersionOf(LedgerEntry entry) =>
        (entry.Observation == $"Observation/{ObservationIdOf(entry)}" ? entry.ObservationVersion : entry.StudyObservationVersion)!.Value;

    private StudyWithdrawal Withdrawal(LedgerEntry entry, string status, CurrentResult? current)
    {
        var version = entry.ObservationVersion!.Value;
        return new StudyWithdrawal(
            version == 1 ? EventReasons.StatusUnusable.At("observation.status", status) : StorageReasons.ObservationWithdrawn.At("observation.status"),
            current?.StudyId,
            current is null ? [] : FhirComposer.Withdraw(new WithdrawRequest(current, ObservationIdOf(entry), version, time.GetUtcNow())));
    }

    private StudyCompletion Compose(
        LedgerEntry entry, IncomingEcg ecg, ModelInfo model, EcgAnalysis analysis, EventPriority priority, CurrentResult? current)
    {
        var composed = composer.Compose(new ComposeRequest(
            entry.StudyId!.Value,
            model,
            analysis.Execution,
            ObservationIdOf(entry),
            ObservationVersionOf(entry),
            ecg.Envelope.Subject,
            ecg.Envelope.Effective,
            ecg.Envelope.Encounter,
            analysis.Verdict,
            time.GetUtcNow(),
            priority)
        {
            Current = current,
        });
        return analysis.CompletionWith(composed) with
        {
            Priority = priority,
            Lineage = composed.Lineage,
            Replaces = current?.StudyId,
            Carried = composed.Carried,
        };
    }

    [LoggerMessage(1401, LogLevel.Warning, "Attempt {Attempt} at event {EcgEvent} ended in {Fault}; the next follows in {DelaySeconds:0} s.")]
    private static partial void LogPostponed(ILogger logger, Guid ecgEvent, int attempt, string fault, double delaySeconds);

    [LoggerMessage(1402, LogLevel.Error, "Event {EcgEvent} has failed after {Attempts} attempts; the last ended in {Fault}.")]
    private static partial void LogFailed(ILogger logger, Guid ecgEvent, int attempts, string fault);
}
