using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Operations;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Intake;
using EcgIntegration.Worker.Pipeline;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Replay;

/// <summary>
/// Reads the kept body of an event again that was refused or never read: the software may read today what it refused then.
/// Where it does, the ECG is taken in under an event id of the replay's; the first event's outcome stands.
/// </summary>
internal sealed class KeptBodyReplay(
    IReplayWork work,
    IStudyLedger ledger,
    IKeptBodies bodies,
    IModelPool models,
    EventPipeline pipeline,
    OutcomeDispatcher outcomes,
    IOptions<IntakeOptions> intake)
{
    /// <returns>As for <see cref="StoredEcgReplay.RunAsync"/>.</returns>
    public async Task<ReplayFinding?> RunAsync(ReplayItem item, CancellationToken cancellationToken)
    {
        if (item.Before is { } noted && await ledger.FindAsync(item.EventId, cancellationToken) is { } recorded)
        {
            await outcomes.DispatchAsync(recorded, cancellationToken);
            return ReplaySides.Written(noted, recorded);
        }

        var source = await ledger.FindAsync(item.SourceEventId, cancellationToken)
            ?? throw new InvalidDataException("An event that was selected is not in the ledger.");
        var before = ReplaySides.Of(source);
        if (source is { Status: StudyStatus.Rejected, Observation: not null })
        {
            // It took its ECG back, and has done so.
            return new ReplayFinding(ReplayResult.NotReplayable, before, Reason: StorageReasons.ObservationWithdrawn.At(null));
        }

        if (source is { StudyId: null, Observation: { } stored })
        {
            // A client stored the ECG, and it failed before a study was made of it: there is no body but the resource.
            var reference = new EcgEvent(item.EventId, source.SourceSystem, null, source.Priority, default, stored["Observation/".Length..]);
            return await ReadAsync(item, before, reference, default, cancellationToken);
        }

        if ((await bodies.FindAsync(item.SourceEventId, cancellationToken))?.Body is not { } body)
        {
            return new ReplayFinding(ReplayResult.NotReplayable, before, Reason: ReplayReasons.InputNotKept.At(null));
        }

        if (!EventReader.TryRead(body, EventNames.ReceivedKey(source.Priority), intake.Value.MaxBodyBytes, out var ecgEvent, out var refused))
        {
            return ReplaySides.Compare(before, ReplaySides.Rejected(refused.Reasons));
        }

        // In the order of versions it stands where it arrived, and not where it is read again.
        ecgEvent = ecgEvent with { OccurredAt = EventTime.Of(ecgEvent.OccurredAt, source.ReceivedAt) ?? source.ReceivedAt };
        if (before.Codes.Contains(StorageReasons.ObservationOutdated.Code) && await IsOutdatedAsync(ecgEvent, source, cancellationToken))
        {
            return new ReplayFinding(ReplayResult.Unchanged, before, before);
        }

        return await ReadAsync(item, before, ecgEvent, body, cancellationToken);
    }

    private async Task<ReplayFinding?> ReadAsync(
        ReplayItem item, ReplaySide before, EcgEvent ecgEvent, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var model = await models.GetAsync(item.ModelSha256, cancellationToken);
        var (ecg, _, reasons) = await pipeline.ReadEcgAsync(ecgEvent, cancellationToken);
        if (ecg is null && reasons[0].Code != EventReasons.StatusUnusable.Code)
        {
            return ReplaySides.Compare(before, ReplaySides.Rejected(reasons));
        }

        if (item.DryRun)
        {
            return ReplaySides.Compare(before, ecg is null
                ? ReplaySides.Rejected(reasons)
                : ReplaySides.Of((await EcgAnalyser.AnalyseAsync(
                    model, ecg.Recording, ecgEvent.Priority, WindowPriority.Background, cancellationToken)).Verdict));
        }

        await work.NoteBeforeAsync(item.Ticket, before, cancellationToken);
        var entry = await pipeline.TakeReplayedAsync(ecgEvent with { EventId = item.EventId }, body, item.ModelSha256, cancellationToken);
        await outcomes.DispatchAsync(entry, cancellationToken);
        return ReplaySides.Written(before, entry);
    }

    /// <summary>True where a newer version is still stored; it may have been held for newer by a clock that was ahead.</summary>
    private async Task<bool> IsOutdatedAsync(EcgEvent ecgEvent, LedgerEntry source, CancellationToken cancellationToken) =>
        EnvelopeReader.TryRead(ecgEvent.Observation.Span, out var envelope, out _)
        && await ledger.IsOutdatedAsync(
            new ArrivedEcg(
                ecgEvent.SourceSystem, ecgEvent.OccurredAt, source.ReceivedAt, EcgIdentity.Of(envelope), envelope.Id, ecgEvent.Observation),
            cancellationToken);
}
