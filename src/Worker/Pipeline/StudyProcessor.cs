using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Intake;
using EcgIntegration.Worker.Observability;
using EcgIntegration.Worker.Suggestions;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Pipeline;

/// <summary>A received ECG to its durable result; a fault on the way is noted in the ledger and tried again later.</summary>
internal sealed partial class StudyProcessor(
    IStudyLedger ledger,
    EcgAnalyser analyser,
    FhirComposer composer,
    IEcgClassifier classifier,
    IOptions<IntakeOptions> options,
    PipelineMetrics metrics,
    TimeProvider time,
    ILogger<StudyProcessor> logger)
{
    /// <summary>The ledger's entry after this attempt: final, or still received and due again.</summary>
    public async Task<LedgerEntry> ProcessAsync(LedgerEntry entry, IncomingEcg ecg, CancellationToken cancellationToken)
    {
        try
        {
            var analysis = await analyser.AnalyseAsync(ecg.Recording, entry.Priority, cancellationToken);
            return await ledger.CompleteAsync(entry.EventId, Compose(entry, ecg, analysis), cancellationToken);
        }
        catch (Exception e) when (IsFaultOfThisAttempt(e))
        {
            return await GiveBackAsync(entry, e, cancellationToken);
        }
    }

    /// <summary>Notes a fault: the event is due again after a delay that doubles, or has failed once its attempts are used up.</summary>
    public async Task<LedgerEntry> GiveBackAsync(LedgerEntry entry, Exception fault, CancellationToken cancellationToken)
    {
        var name = fault.GetType().Name;
        if (entry.Attempts >= options.Value.MaxAttempts)
        {
            LogFailed(logger, entry.EventId, entry.Attempts, name);
            return await ledger.FailAsync(entry.EventId, EventReasons.AttemptsUsedUp.At(null, entry.Attempts), cancellationToken);
        }

        metrics.Postponed();
        var delay = RetryDelay.After(entry.Attempts, Random.Shared.NextDouble());
        LogPostponed(logger, entry.EventId, entry.Attempts, name, delay.TotalSeconds);
        await ledger.PostponeAsync(entry.EventId, EventReasons.ProcessingFault.At(null, name), time.GetUtcNow() + delay, cancellationToken);
        return entry;
    }

    /// <summary>A shutdown leaves the message with the broker, and an absent database is waited for, not counted.</summary>
    private static bool IsFaultOfThisAttempt(Exception e) =>
        e is not (OperationCanceledException or ClassifierStoppingException) && !DatabaseFaults.IsTransient(e);

    private StudyCompletion Compose(LedgerEntry entry, IncomingEcg ecg, EcgAnalysis analysis)
    {
        var verdict = analysis.Verdict;
        var composed = composer.Compose(new ComposeRequest(
            entry.StudyId!.Value,
            classifier.Model,
            analysis.Execution,
            entry.Observation!["Observation/".Length..],
            entry.ObservationVersion!.Value,
            ecg.Envelope.Subject,
            ecg.Envelope.Effective,
            ecg.Envelope.Encounter,
            verdict,
            time.GetUtcNow(),
            entry.Priority));
        return new StudyCompletion(
            verdict.Status,
            verdict.Urgency,
            verdict.Reasons,
            [.. verdict.Suggestions.Select(s => new LedgerSuggestion(s.Code, s.Ja, s.En, s.Probability, s.Threshold))],
            composed.ReportId,
            composed.Resources,
            analysis.Execution is { } run ? new StudyExecution(run.Provider, run.Precision, run.BatchSize, verdict.Scores) : null);
    }

    [LoggerMessage(1401, LogLevel.Warning, "Attempt {Attempt} at event {EcgEvent} ended in {Fault}; the next follows in {DelaySeconds:0} s.")]
    private static partial void LogPostponed(ILogger logger, Guid ecgEvent, int attempt, string fault, double delaySeconds);

    [LoggerMessage(1402, LogLevel.Error, "Event {EcgEvent} has failed after {Attempts} attempts; the last ended in {Fault}.")]
    private static partial void LogFailed(ILogger logger, Guid ecgEvent, int attempts, string fault);
}
