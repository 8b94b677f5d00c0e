using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Operations;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Hosting;
using EcgIntegration.Worker.Intake;
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
    IKeptBodies bodies,
    IModelPool models,
    StudyProcessor processor,
    OutcomeDispatcher outcomes,
    DatabasePatience patience,
    ServerAddresses addresses,
    IOptions<IntakeOptions> options,
    PipelineMetrics metrics,
    TimeProvider time,
    ILogger<EventPipeline> logger)
{
    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromSeconds(5);

    private readonly IntakeOptions _options = options.Value;

    /// <summary>Returns when the outcome is durable, or the ledger has taken the ECG over for a later attempt; an outcome that the broker
    /// does not confirm in time is left to the ledger as well.</summary>
    public async Task HandleAsync(ReadOnlyMemory<byte> body, string routingKey, CancellationToken cancellationToken)
    {
        var delivery = new Delivery(body, routingKey, time.GetUtcNow(), IsReadAgain: false);
        metrics.EventReceived(routingKey);
        await patience.ExecuteAsync(
            async token =>
            {
                var entry = await DecideAsync(delivery, token);
                await outcomes.DispatchAsync(entry, token);
            },
            cancellationToken);
    }

    /// <summary>
    /// Records an event that brought the process down until the broker gave it up: nothing of it is read but its id. It has
    /// failed, its body is kept, and its outcome is out.
    /// </summary>
    public Task GiveUpAsync(ReadOnlyMemory<byte> body, string routingKey, CancellationToken cancellationToken) =>
        patience.ExecuteAsync(
            async token =>
            {
                var (eventId, usable) = EventReader.IdOf(body);
                var delivery = new Delivery(body, routingKey, time.GetUtcNow(), IsReadAgain: false);
                var reason = EventReasons.DeliveryLimit.At(null);
                var refused = new RefusedEvent(eventId, usable, EventReader.UnknownSource, EventNames.PriorityOf(routingKey), [reason]);
                var entry = await ledger.KeepUnreadAsync(Rejection(refused, delivery), delivery.ReceivedAt, token);
                LogGivenUp(logger, eventId);
                await outcomes.DispatchAsync(entry.IsFinal ? entry : await ledger.FailAsync(eventId, reason, token), token);
            },
            cancellationToken).AsTask();

    /// <summary>Reads an event again whose body a fault of the system kept from being read.</summary>
    /// <returns>The ledger's entry: final, or still received and due again.</returns>
    public async Task<LedgerEntry> ReadAgainAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        var kept = await bodies.FindAsync(entry.EventId, cancellationToken);
        if (kept?.Body is not { } body)
        {
            LogBodyNotKept(logger, entry.EventId);
            return await ledger.FailAsync(entry.EventId, EventReasons.AttemptsUsedUp.At(null, entry.Attempts), cancellationToken);
        }

        try
        {
            var delivery = new Delivery(body, EventNames.ReceivedKey(entry.Priority), entry.ReceivedAt, IsReadAgain: true);
            var read = EventReader.TryRead(body, delivery.RoutingKey, _options.MaxBodyBytes, out var ecgEvent, out var refused)
                ? await TakeAsync(ecgEvent, delivery, cancellationToken)
                : await ledger.RejectAsync(Rejection(refused, delivery), cancellationToken);

            // Whatever left it as it was: it must come to an end one day.
            return read.IsUnread
                ? await processor.GiveBackAsync(entry, new InvalidDataException("A kept event cannot be read again."), cancellationToken)
                : read;
        }
        catch (Exception e) when (IsFaultOfOurs(e))
        {
            return await processor.GiveBackAsync(entry, e, cancellationToken);
        }
    }

    /// <summary>Takes an ECG that a client stored, and whose event is recorded with it; the broker has no part in it.</summary>
    /// <param name="entry">The ledger's entry, leased.</param>
    /// <param name="ecg">The version of the ECG that is the event's.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The ledger's entry: final, or still received and due again.</returns>
    public async Task<LedgerEntry> TakeStoredAsync(LedgerEntry entry, IncomingEcg ecg, CancellationToken cancellationToken)
    {
        if (entry.Attempts == 1)
        {
            metrics.EventReceived(EventNames.ReceivedKey(entry.Priority));
        }

        var study = new NewStudy(
            entry.EventId,
            entry.SourceSystem,
            OccurredAt: null,
            entry.Priority,
            entry.ReceivedAt,
            EcgIdentity.Of(ecg.Envelope),
            ecg.Envelope.Id,
            entry.Observation!["Observation/".Length..],
            ecg.Observation,
            ecg.Recording.ComputeSha256(),
            models.Active.Sha256,
            time.GetUtcNow() + _options.TakeUpAfter)
        {
            StoredObservationVersion = entry.ObservationVersion,
            IsReadAgain = true,
        };
        try
        {
            entry = (await ledger.ReceiveAsync(study, cancellationToken)).Entry;
        }
        catch (Exception e) when (IsFaultOfOurs(e))
        {
            return await processor.GiveBackAsync(entry, e, cancellationToken);
        }

        return entry.IsFinal ? entry : await processor.ProcessAsync(entry, ecg, cancellationToken);
    }

    /// <summary>Takes an event again that was refused or never read, for a replay: by its model, and behind what somebody waits for.</summary>
    /// <param name="ecgEvent">The event, under an id of the replay's.</param>
    /// <param name="body">Its body.</param>
    /// <param name="modelSha256">The model that is to read it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<LedgerEntry> TakeReplayedAsync(
        EcgEvent ecgEvent, ReadOnlyMemory<byte> body, string modelSha256, CancellationToken cancellationToken) =>
        TakeAsync(
            ecgEvent,
            new Delivery(body, EventNames.Replay, time.GetUtcNow(), IsReadAgain: false) { ReplayedBy = modelSha256 },
            cancellationToken);

    /// <summary>Reads the ECG that an event brings or names, or says why it cannot be read.</summary>
    public Task<(IncomingEcg? Ecg, int? StoredVersion, IReadOnlyList<Reason> Reasons)> ReadEcgAsync(
        EcgEvent ecgEvent, CancellationToken cancellationToken) => ReadAsync(WithOwnReferences(ecgEvent), cancellationToken);

    private async Task<(IncomingEcg? Ecg, int? StoredVersion, IReadOnlyList<Reason> Reasons)> ReadAsync(
        EcgEvent ecgEvent, CancellationToken cancellationToken)
    {
        if (ecgEvent.StoredObservationId is not { } storedId)
        {
            return IncomingEcg.TryRead(ecgEvent.Observation, out var sent, out var reasons) ? (sent, null, []) : (null, null, reasons);
        }

        if (await store.ReadAsync("Observation", storedId, cancellationToken) is not { Deleted: false } stored)
        {
            return (null, null, [StorageReasons.ObservationUnknown.At("reference")]);
        }

        return IncomingEcg.TryRead(stored.Json, out var kept, out var problems) ? (kept, stored.Version, []) : (null, null, problems);
    }

    private async Task<LedgerEntry> DecideAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        if (!EventReader.TryRead(delivery.Body, delivery.RoutingKey, _options.MaxBodyBytes, out var ecgEvent, out var refused))
        {
            return await RefuseAsync(refused, delivery, cancellationToken);
        }

        try
        {
            return await TakeAsync(ecgEvent, delivery, cancellationToken);
        }
        catch (Exception e) when (IsFaultOfOurs(e))
        {
            var name = e.GetType().Name;
            LogIntakeFault(logger, name, ecgEvent.EventId);
            metrics.Postponed();
            return await ledger.KeepUnreadAsync(
                Rejection(ecgEvent, [EventReasons.IntakeFault.At(null, name)], delivery), time.GetUtcNow() + ReadAgainAfter, cancellationToken);
        }
    }

    private async Task<LedgerEntry> TakeAsync(EcgEvent ecgEvent, Delivery delivery, CancellationToken cancellationToken)
    {
        ecgEvent = WithOwnReferences(ecgEvent);
        var (ecg, version, reasons) = await ReadAsync(ecgEvent, cancellationToken);
        if (ecg is not null)
        {
            return await ReceiveAsync(ecgEvent, ecg, version, delivery, cancellationToken);
        }

        return Withdrawn(ecgEvent) is { } envelope
            ? await WithdrawAsync(ecgEvent, envelope, delivery, cancellationToken)
            : await RejectAsync(ecgEvent, reasons, delivery, cancellationToken);
    }

    /// <summary>A patient named by this server's own address is the one that lies here.</summary>
    private EcgEvent WithOwnReferences(EcgEvent ecgEvent) => ecgEvent.StoredObservationId is null
        ? ecgEvent with { Observation = addresses.Own.WithRelativeReferences(ecgEvent.Observation) }
        : ecgEvent;

    /// <summary>A fault that is neither the sender's nor the database's passing one; a shutdown leaves the message with the broker.</summary>
    private static bool IsFaultOfOurs(Exception e) =>
        e is not (OperationCanceledException or ClassifierStoppingException) && !DatabaseFaults.IsTransient(e);

    private async Task<LedgerEntry> ReceiveAsync(
        EcgEvent ecgEvent, IncomingEcg ecg, int? storedVersion, Delivery delivery, CancellationToken cancellationToken)
    {
        var study = new NewStudy(
            ecgEvent.EventId,
            ecgEvent.SourceSystem,
            ecgEvent.OccurredAt,
            ecgEvent.Priority,
            delivery.ReceivedAt,
            EcgIdentity.Of(ecg.Envelope),
            ecg.Envelope.Id,
            ecgEvent.StoredObservationId,
            ecg.Observation,
            ecg.Recording.ComputeSha256(),
            delivery.ReplayedBy ?? models.Active.Sha256,
            // From now: what waited for the database must not be taken up beside its own first attempt.
            time.GetUtcNow() + _options.TakeUpAfter)
        {
            StoredObservationVersion = storedVersion,
            IsReadAgain = delivery.IsReadAgain,
        };
        Reception reception;
        try
        {
            reception = await ledger.ReceiveAsync(study, cancellationToken);
        }
        catch (UnstorableContentException e)
        {
            return await RejectAsync(ecgEvent, [e.Reason], delivery, cancellationToken);
        }

        if (reception.Kind == ReceptionKind.Reused && !await ledger.HasBodyAsync(ecgEvent.EventId, delivery.Body, cancellationToken))
        {
            return await RefuseReusedAsync(ecgEvent, delivery, cancellationToken);
        }

        return reception.Entry.IsFinal || reception.Entry.IsUnread
            ? reception.Entry
            : await processor.ProcessAsync(reception.Entry, ecg, delivery.Windows, cancellationToken);
    }

    /// <summary>The envelope of an Observation that takes its ECG back; it need not have a signal any more.</summary>
    private static EcgEnvelope? Withdrawn(EcgEvent ecgEvent) =>
        ecgEvent.StoredObservationId is null
        && EnvelopeReader.TryRead(ecgEvent.Observation.Span, out var envelope, out _)
        && envelope.WithdrawnStatus is not null
            ? envelope
            : null;

    private async Task<LedgerEntry> WithdrawAsync(
        EcgEvent ecgEvent, EcgEnvelope envelope, Delivery delivery, CancellationToken cancellationToken)
    {
        Reception reception;
        try
        {
            reception = await ledger.ReceiveWithdrawalAsync(
                new NewWithdrawal(
                    ecgEvent.EventId,
                    ecgEvent.SourceSystem,
                    ecgEvent.OccurredAt,
                    ecgEvent.Priority,
                    delivery.ReceivedAt,
                    EcgIdentity.Of(envelope),
                    envelope.Id,
                    ecgEvent.Observation,
                    time.GetUtcNow() + _options.TakeUpAfter)
                {
                    IsReadAgain = delivery.IsReadAgain,
                },
                cancellationToken);
        }
        catch (UnstorableContentException e)
        {
            return await RejectAsync(ecgEvent, [e.Reason], delivery, cancellationToken);
        }

        if (reception.Kind == ReceptionKind.Reused && !await ledger.HasBodyAsync(ecgEvent.EventId, delivery.Body, cancellationToken))
        {
            return await RefuseReusedAsync(ecgEvent, delivery, cancellationToken);
        }

        return reception.Entry.IsFinal || reception.Entry.IsUnread
            ? reception.Entry
            : await processor.WithdrawAsync(reception.Entry, envelope.WithdrawnStatus!, cancellationToken);
    }

    private async Task<LedgerEntry> RejectAsync(
        EcgEvent ecgEvent, IReadOnlyList<Reason> reasons, Delivery delivery, CancellationToken cancellationToken)
    {
        var entry = await ledger.RejectAsync(Rejection(ecgEvent, reasons, delivery), cancellationToken);
        return await ledger.HasBodyAsync(ecgEvent.EventId, delivery.Body, cancellationToken)
            ? entry
            : await RefuseReusedAsync(ecgEvent, delivery, cancellationToken);
    }

    /// <summary>An id that has an outcome already cannot get a second one: this event is answered under an id of its own.</summary>
    private Task<LedgerEntry> RefuseReusedAsync(EcgEvent ecgEvent, Delivery delivery, CancellationToken cancellationToken) =>
        RefuseAsync(
            new RefusedEvent(
                EventReader.DeriveId(delivery.Body.Span),
                EventIdUsable: false,
                ecgEvent.SourceSystem,
                ecgEvent.Priority,
                [EventReasons.EventIdReused.At("eventId")]),
            delivery,
            cancellationToken);

    private async Task<LedgerEntry> RefuseAsync(RefusedEvent refused, Delivery delivery, CancellationToken cancellationToken)
    {
        if (!refused.EventIdUsable && await ledger.FindAsync(refused.EventId, cancellationToken) is null)
        {
            metrics.DeadLettered();
            LogDeadLettered(logger, refused.EventId, refused.Reasons[0].Code);
        }

        var entry = await ledger.RejectAsync(Rejection(refused, delivery), cancellationToken);
        return refused.EventIdUsable && !await ledger.HasBodyAsync(refused.EventId, delivery.Body, cancellationToken)
            ? await RefuseAsync(
                refused with
                {
                    EventId = EventReader.DeriveId(delivery.Body.Span),
                    EventIdUsable = false,
                    Reasons = [EventReasons.EventIdReused.At("eventId"), .. refused.Reasons],
                },
                delivery,
                cancellationToken)
            : entry;
    }

    private static RejectedEvent Rejection(EcgEvent ecgEvent, IReadOnlyList<Reason> reasons, Delivery delivery) =>
        new(ecgEvent.EventId, ecgEvent.SourceSystem, ecgEvent.OccurredAt, ecgEvent.Priority, delivery.ReceivedAt, reasons, delivery.Body);

    private static RejectedEvent Rejection(RefusedEvent refused, Delivery delivery) =>
        new(refused.EventId, refused.SourceSystem, null, refused.Priority, delivery.ReceivedAt, refused.Reasons, delivery.Body)
        {
            // Noted with the event, so that whoever publishes its outcome publishes the notice too.
            OwesNotice = !refused.EventIdUsable,
        };

    [LoggerMessage(1101, LogLevel.Error, "Reading event {EcgEvent} ended in {Fault}: its body is kept, and it is read again.")]
    private static partial void LogIntakeFault(ILogger logger, string fault, Guid ecgEvent);

    [LoggerMessage(1102, LogLevel.Warning, "A message without a usable event id came in ({Code}): in the ledger and on the dead-letter queue as {EcgEvent}.")]
    private static partial void LogDeadLettered(ILogger logger, Guid ecgEvent, string code);

    [LoggerMessage(1103, LogLevel.Error, "Event {EcgEvent} could not be read, and its body was too long to be kept: it has failed.")]
    private static partial void LogBodyNotKept(ILogger logger, Guid ecgEvent);

    [LoggerMessage(1104, LogLevel.Error, "Event {EcgEvent} was given up by the broker at its delivery limit: it has failed, its body is kept.")]
    private static partial void LogGivenUp(ILogger logger, Guid ecgEvent);

    /// <summary>An event's body and how it came.</summary>
    private sealed record Delivery(ReadOnlyMemory<byte> Body, string RoutingKey, DateTimeOffset ReceivedAt, bool IsReadAgain)
    {
        /// <summary>The model that a replay named; <see langword="null"/> for the active one.</summary>
        public string? ReplayedBy { get; init; }

        public WindowPriority Windows => ReplayedBy is null ? WindowPriority.Foreground : WindowPriority.Background;
    }
}
