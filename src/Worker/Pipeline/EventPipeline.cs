using System.Security.Cryptography;
using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Intake;
using EcgIntegration.Worker.Messaging;
using EcgIntegration.Worker.Observability;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Pipeline;

/// <summary>
/// One event from the broker to its outcome. Every step can be repeated without harm, so a fault or a crash at any place
/// is mended by doing it again: the ledger knows what is done already.
/// </summary>
internal sealed partial class EventPipeline(
    IStudyLedger ledger,
    IFhirStore store,
    IEcgClassifier classifier,
    StudyProcessor processor,
    OutcomeDispatcher outcomes,
    IOutcomePublisher publisher,
    DatabasePatience patience,
    IOptions<IntakeOptions> options,
    PipelineMetrics metrics,
    TimeProvider time,
    ILogger<EventPipeline> logger)
{
    private readonly IntakeOptions _options = options.Value;

    /// <summary>Returns when the outcome is durable and published, or the ledger has taken the ECG over for a later attempt.</summary>
    public async Task HandleAsync(ReadOnlyMemory<byte> body, string routingKey, CancellationToken cancellationToken)
    {
        var receivedAt = time.GetUtcNow();
        metrics.EventReceived(routingKey);
        await patience.ExecuteAsync(
            async token =>
            {
                var entry = await DecideAsync(body, routingKey, receivedAt, token);
                await outcomes.DispatchAsync(entry, token);
            },
            cancellationToken);
    }

    private async Task<LedgerEntry> DecideAsync(
        ReadOnlyMemory<byte> body, string routingKey, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        if (!EventReader.TryRead(body, routingKey, _options.MaxBodyBytes, out var ecgEvent, out var refused))
        {
            return await RefuseAsync(refused, body, receivedAt, cancellationToken);
        }

        try
        {
            var (ecg, version, reasons) = await ReadEcgAsync(ecgEvent, cancellationToken);
            return ecg is null
                ? await RejectAsync(ecgEvent, reasons, body, receivedAt, cancellationToken)
                : await ReceiveAsync(ecgEvent, ecg, version, body, receivedAt, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException && !DatabaseFaults.IsTransient(e))
        {
            LogIntakeFault(logger, e.GetType().Name, ecgEvent.EventId);
            return await RejectAsync(ecgEvent, [EventReasons.IntakeFault.At(null)], body, receivedAt, cancellationToken);
        }
    }

    private async Task<(IncomingEcg? Ecg, int? StoredVersion, IReadOnlyList<Reason> Reasons)> ReadEcgAsync(
        EcgEvent ecgEvent, CancellationToken cancellationToken)
    {
        if (ecgEvent.StoredObservationId is not { } storedId)
        {
            return IncomingEcg.TryRead(ecgEvent.Observation, out var sent, out var reasons) ? (sent, null, []) : (null, null, reasons);
        }

        if (await store.ReadAsync("Observation", storedId, cancellationToken) is not { } stored)
        {
            return (null, null, [StorageReasons.ObservationUnknown.At("reference")]);
        }

        return IncomingEcg.TryRead(stored.Json, out var kept, out var problems) ? (kept, stored.Version, []) : (null, null, problems);
    }

    private async Task<LedgerEntry> ReceiveAsync(
        EcgEvent ecgEvent, IncomingEcg ecg, int? storedVersion, ReadOnlyMemory<byte> body, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        var study = new NewStudy(
            ecgEvent.EventId,
            ecgEvent.SourceSystem,
            ecgEvent.OccurredAt,
            ecgEvent.Priority,
            receivedAt,
            EcgIdentity.Of(ecg.Envelope),
            ecg.Envelope.Id,
            ecgEvent.StoredObservationId,
            ecg.Observation,
            ecg.Recording.ComputeSha256(),
            classifier.Model.Sha256,
            // From now: what waited for the database must not be taken up beside its own first attempt.
            time.GetUtcNow() + _options.TakeUpAfter)
        {
            StoredObservationVersion = storedVersion,
        };
        Reception reception;
        try
        {
            reception = await ledger.ReceiveAsync(study, cancellationToken);
        }
        catch (UnstorableContentException e)
        {
            return await RejectAsync(ecgEvent, [e.Reason], body, receivedAt, cancellationToken);
        }

        return reception.Entry.IsFinal
            ? reception.Entry
            : await processor.ProcessAsync(reception.Entry, ecg, cancellationToken);
    }

    private Task<LedgerEntry> RejectAsync(
        EcgEvent ecgEvent, IReadOnlyList<Reason> reasons, ReadOnlyMemory<byte> body, DateTimeOffset receivedAt, CancellationToken cancellationToken) =>
        ledger.RejectAsync(
            new RejectedEvent(ecgEvent.EventId, ecgEvent.SourceSystem, ecgEvent.OccurredAt, ecgEvent.Priority, receivedAt, reasons, body),
            cancellationToken);

    private async Task<LedgerEntry> RefuseAsync(
        RefusedEvent refused, ReadOnlyMemory<byte> body, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        // The notice goes first: a crash in between repeats it, the other way round would lose it.
        if (!refused.EventIdUsable && await ledger.FindAsync(refused.EventId, cancellationToken) is null)
        {
            metrics.DeadLettered();
            LogDeadLettered(logger, refused.EventId, refused.Reasons[0].Code);
            var hash = Convert.ToHexStringLower(SHA256.HashData(body.Span));
            await publisher.PublishAsync(
                new DeadLetterNotice(refused.EventId, refused.Reasons[0].Code, hash, body.Length, receivedAt), cancellationToken);
        }

        return await ledger.RejectAsync(
            new RejectedEvent(refused.EventId, refused.SourceSystem, null, refused.Priority, receivedAt, refused.Reasons, body),
            cancellationToken);
    }

    [LoggerMessage(1101, LogLevel.Error, "Reading event {EcgEvent} ended in {Fault}: it is rejected, its body kept.")]
    private static partial void LogIntakeFault(ILogger logger, string fault, Guid ecgEvent);

    [LoggerMessage(1102, LogLevel.Warning, "A message without a usable event id came in ({Code}): in the ledger and on the dead-letter queue as {EcgEvent}.")]
    private static partial void LogDeadLettered(ILogger logger, Guid ecgEvent, string code);
}
