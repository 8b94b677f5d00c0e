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
                    var model = await models.GetAsync(now.ModelSha256!, cancellationToken);
                    var analysis = await EcgAnalyser.AnalyseAsync(model, ecg.Recording, PriorityOf(now), windows, cancellationToken);
                    return await ledger.CompleteAsync(now.EventId, Compose(now, ecg, model.Info, analysis, current), cancellationToken);
                },
                cancellationToken);
        }
        catch (Exception e) when (IsFaultOfThisAttempt(e))
        {
            return await GiveBackAsync(entry, e, cancellationToken);
        }
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

    /// <summary>The most urgent event of the study decides: also the one that is processed is only one of them.</summary>
    private static EventPriority PriorityOf(LedgerEntry entry) =>
        entry.StudyPriority > entry.Priority ? entry.StudyPriority.Value : entry.Priority;

    private static string ObservationIdOf(LedgerEntry entry) => entry.Observation!["Observation/".Length..];

    private StudyWithdrawal Withdrawal(LedgerEntry entry, string status, CurrentResult? current)
    {
        var version = entry.ObservationVersion!.Value;
        return new StudyWithdrawal(
            version == 1 ? EventReasons.StatusUnusable.At("observation.status", status) : StorageReasons.ObservationWithdrawn.At("observation.status"),
            current?.StudyId,
            current is null ? [] : FhirComposer.Withdraw(new WithdrawRequest(current, ObservationIdOf(entry), version, time.GetUtcNow())));
    }

    private StudyCompletion Compose(
        LedgerEntry entry, IncomingEcg ecg, ModelInfo model, EcgAnalysis analysis, CurrentResult? current)
    {
        var verdict = analysis.Verdict;
        var priority = PriorityOf(entry);
        var composed = composer.Compose(new ComposeRequest(
            entry.StudyId!.Value,
            model,
            analysis.Execution,
            ObservationIdOf(entry),
            entry.ObservationVersion!.Value,
            ecg.Envelope.Subject,
            ecg.Envelope.Effective,
            ecg.Envelope.Encounter,
            verdict,
            time.GetUtcNow(),
            priority)
        {
            Current = current,
        });
        return new StudyCompletion(
            verdict.Status,
            verdict.Urgency,
            verdict.Reasons,
            [.. verdict.Suggestions.Select(s => new LedgerSuggestion(s.Code, s.Ja, s.En, s.Probability, s.Threshold))],
            composed.ReportId,
            composed.Resources,
            analysis.Execution is { } run ? new StudyExecution(run.Provider, run.Precision, run.BatchSize, verdict.Scores) : null)
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
