using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Persistence.Models;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Hosting;
using EcgIntegration.Worker.Intake;
using EcgIntegration.Worker.Pipeline;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Models;

/// <summary>
/// Lets the model in the shadow read what the active one has decided: one ECG after the other, at a bounded pace, when no ECG
/// that somebody waits for wants the device. It writes nothing but what it keeps for the comparison.
/// </summary>
internal sealed partial class ShadowRunner(
    ModelRoleFollower follower,
    IShadowResults results,
    IFhirStore store,
    StartupGate gate,
    IOptions<ModelOptions> options,
    TimeProvider time,
    ILogger<ShadowRunner> logger) : BackgroundService
{
    private const int Share = 64;
    private const int MostFaults = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>A study is stamped before it is committed: what is younger than this may still turn up behind what was seen.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(5);

    private readonly TimeSpan _perEcg = TimeSpan.FromMinutes(1) / options.Value.ShadowPerMinute;

    // This service's own: how often an ECG failed, and from where unread studies are looked for.
    private readonly Dictionary<Guid, int> _faults = [];
    private readonly HashSet<Guid> _seen = [];
    private ShadowAssignment? _reading;
    private DateTimeOffset _from;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.DatabaseReady.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (follower.Shadow is not { } shadow)
            {
                continue;
            }

            try
            {
                await RoundAsync(shadow, stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                // The studies without a result are still there for the next round.
                LogRoundEnded(logger, e.GetType().Name);
            }
        }
    }

    private async Task RoundAsync(ShadowAssignment shadow, CancellationToken cancellationToken)
    {
        if (shadow != _reading)
        {
            _reading = shadow;
            _from = shadow.Since;
            _faults.Clear();
        }

        await using var lead = await results.TryLeadAsync(cancellationToken);
        if (lead is null)
        {
            return;
        }

        _seen.Clear();
        while (follower.Shadow == shadow)
        {
            var seen = time.GetUtcNow() - Settling;
            var studies = await results.UnreadAsync(shadow.Model.Sha256, _from, Share, cancellationToken);
            foreach (var study in studies)
            {
                if (follower.Shadow != shadow)
                {
                    return;
                }

                _seen.Add(study.StudyId);
                await ReadAsync(shadow.Model, study, cancellationToken);
                await Task.Delay(_perEcg, time, cancellationToken);
            }

            if (studies.Count < Share)
            {
                // One that failed and is tried again must not be passed; one that was withdrawn meanwhile does not come again.
                foreach (var gone in _faults.Keys.Except(_seen).ToList())
                {
                    _faults.Remove(gone);
                }

                _from = _faults.Count == 0 && seen > _from ? seen : _from;
                return;
            }
        }
    }

    private async Task ReadAsync(LoadedModel model, UnreadStudy study, CancellationToken cancellationToken)
    {
        ShadowResult result;
        try
        {
            result = await AnalyseAsync(model, study, cancellationToken);
        }
        catch (ModelOutputException)
        {
            result = Failed(model, study, ClassificationReasons.ModelOutput.At(null));
        }
        catch (Exception e) when (e is not (OperationCanceledException or ClassifierStoppingException or ModelUnavailableException)
            && !DatabaseFaults.IsTransient(e))
        {
            // One ECG that never works must not keep the shadow from all that follow.
            _faults[study.StudyId] = _faults.GetValueOrDefault(study.StudyId) + 1;
            LogFault(logger, study.StudyId, e.GetType().Name, _faults[study.StudyId]);
            if (_faults[study.StudyId] < MostFaults)
            {
                return;
            }

            result = Failed(model, study, EventReasons.ProcessingFault.At(null, e.GetType().Name));
        }

        await results.KeepAsync(result, cancellationToken);
        _faults.Remove(study.StudyId);
    }

    private async Task<ShadowResult> AnalyseAsync(LoadedModel model, UnreadStudy study, CancellationToken cancellationToken)
    {
        var stored = await store.ReadVersionAsync("Observation", study.ObservationId, study.ObservationVersion, cancellationToken);
        if (stored is null || !IncomingEcg.TryRead(stored.Json, out var ecg, out _))
        {
            throw new InvalidDataException("A classified ECG cannot be read back from the store.");
        }

        var analysis = await EcgAnalyser.AnalyseAsync(model, ecg.Recording, study.Priority, WindowPriority.Background, cancellationToken);
        var verdict = analysis.Verdict;
        return new(
            study.StudyId,
            model.Sha256,
            verdict.Status,
            verdict.Urgency,
            verdict.Reasons,
            analysis.LedgerSuggestions,
            analysis.LedgerExecution);
    }

    private static ShadowResult Failed(LoadedModel model, UnreadStudy study, Reason reason) =>
        new(study.StudyId, model.Sha256, Contracts.Events.StudyStatus.Failed, Urgency: null, [reason], [], Execution: null);

    [LoggerMessage(2111, LogLevel.Warning, "A round of the shadow ended early ({Fault}); the next one goes on.")]
    private static partial void LogRoundEnded(ILogger logger, string fault);

    [LoggerMessage(2112, LogLevel.Warning, "The shadow could not read study {Study} ({Fault}), attempt {Attempt}.")]
    private static partial void LogFault(ILogger logger, Guid study, string fault, int attempt);
}
