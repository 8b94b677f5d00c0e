using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Intake;
using EcgIntegration.Worker.Pipeline;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Replay;

/// <summary>
/// Reads the current version of a stored ECG again. Where something is to be written it goes the way of an event by
/// reference, so that the result follows the one before as any other does (docs/adr/0008), and is announced like any other.
/// </summary>
internal sealed class StoredEcgReplay(
    IReplayWork work,
    IStudyLedger ledger,
    IFhirStore store,
    IModelPool models,
    StudyProcessor processor,
    OutcomeDispatcher outcomes,
    IOptions<IntakeOptions> intake,
    TimeProvider time)
{
    /// <summary>The sender of events that a replay records.</summary>
    public const string SourceSystem = EventReader.OwnSource;

    /// <returns>What came of it; <see langword="null"/> while the ledger has it for another attempt.</returns>
    public async Task<ReplayFinding?> RunAsync(ReplayItem item, string observationId, CancellationToken cancellationToken)
    {
        if (item.Before is { } before && await ledger.FindAsync(item.EventId, cancellationToken) is { } recorded)
        {
            // Recorded by an earlier attempt: from then on it is the ledger's, which ends it one way or the other.
            await outcomes.DispatchAsync(recorded, cancellationToken);
            return ReplaySides.Written(before, recorded);
        }

        if (await store.ReadAsync("Observation", observationId, cancellationToken) is not { Deleted: false } stored)
        {
            return new ReplayFinding(ReplayResult.NotReplayable, Reason: ReplayReasons.InputNotKept.At(null));
        }

        var shown = await work.ShownAsync(observationId, cancellationToken)
            ?? throw new InvalidDataException("An ECG that was selected has neither a result nor a failure.");
        if (!IncomingEcg.TryRead(stored.Json, out var ecg, out var reasons))
        {
            return reasons[0].Code == EventReasons.StatusUnusable.Code
                ? new ReplayFinding(ReplayResult.NotReplayable, shown.Side, Reason: StorageReasons.ObservationWithdrawn.At(null))
                : new ReplayFinding(ReplayResult.Failed, shown.Side, ReplaySides.Rejected(reasons), Reason: reasons[0]);
        }

        return await CompareAsync(item, shown, ecg, cancellationToken) is { } compared
            ? compared
            : await WriteAsync(item, shown, ecg, (observationId, stored.Version), cancellationToken);
    }

    /// <summary>The finding of a dry run, and of an ECG whose result stays as it is; <see langword="null"/> where one is to be written.</summary>
    private async Task<ReplayFinding?> CompareAsync(ReplayItem item, ShownStudy shown, IncomingEcg ecg, CancellationToken cancellationToken)
    {
        var hasResultOfModel = shown.ModelSha256 == item.ModelSha256 && shown.Side.Status is not (StudyStatus.Failed or StudyStatus.Rejected);
        if (!item.DryRun && !hasResultOfModel)
        {
            return null;
        }

        var model = await models.GetAsync(item.ModelSha256, cancellationToken);
        var analysis = await EcgAnalyser.AnalyseAsync(model, ecg.Recording, shown.Priority, WindowPriority.Background, cancellationToken);
        var finding = ReplaySides.Compare(shown.Side, ReplaySides.Of(analysis.Verdict));
        return item.DryRun || finding.Result == ReplayResult.Unchanged ? finding : null;
    }

    private async Task<ReplayFinding?> WriteAsync(
        ReplayItem item, ShownStudy shown, IncomingEcg ecg, (string Id, int Version) observation, CancellationToken cancellationToken)
    {
        // Before anything is recorded: an ECG must not wait in the ledger for a model that is not here.
        await models.GetAsync(item.ModelSha256, cancellationToken);
        await work.NoteBeforeAsync(item.Ticket, shown.Side, cancellationToken);
        var input = ecg.Recording.ComputeSha256();
        var now = time.GetUtcNow();
        var study = new NewStudy(
            item.EventId,
            SourceSystem,
            OccurredAt: null,
            // The ECG's own: read again, it is as urgent as it was. It waits its turn by its queue.
            shown.Priority,
            now,
            shown.ObservationKey,
            RequestedObservationId: null,
            observation.Id,
            ecg.Observation,
            input,
            item.ModelSha256,
            now + intake.Value.TakeUpAfter)
        {
            StoredObservationVersion = observation.Version,
            IsRenewed = true,
        };
        var entry = (await ledger.ReceiveAsync(study, cancellationToken)).Entry;
        if (!entry.IsFinal)
        {
            entry = await processor.ProcessAsync(entry, ecg, WindowPriority.Background, cancellationToken);
        }

        await outcomes.DispatchAsync(entry, cancellationToken);
        return ReplaySides.Written(shown.Side, entry);
    }
}
