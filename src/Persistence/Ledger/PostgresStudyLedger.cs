using System.Security.Cryptography;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Persistence.Resources;
using Microsoft.Extensions.Options;
using Npgsql;

namespace EcgIntegration.Persistence.Ledger;

/// <inheritdoc cref="IStudyLedger"/>
internal sealed class PostgresStudyLedger(
    NpgsqlDataSource database, IFhirStore store, IOptions<DatabaseOptions> options, TimeProvider time) : IStudyLedger
{
    private const int LongestSource = 200;

    private static readonly TimeSpan FirstPublishingPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestPublishingPause = TimeSpan.FromMinutes(10);

    public async Task<Reception> ReceiveAsync(NewStudy study, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(study);
        if (await FindAsync(study.EventId, cancellationToken) is { } known && !(study.IsReadAgain && (known.IsUnread || known.AwaitsStudy)))
        {
            return await RepeatedAsync(known, study, cancellationToken);
        }

        using var resource = study.StoredObservationId is null ? PreparedResource.From("Observation", study.Observation) : null;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var kind = await new StudyReception(connection, study, resource, time.GetUtcNow()).RunAsync(cancellationToken);
        var entry = await GetAsync(connection, study.EventId, cancellationToken);
        return kind is { } found ? new Reception(entry, found) : await RepeatedAsync(entry, study, cancellationToken);
    }

    public async Task<Reception> ReceiveWithdrawalAsync(NewWithdrawal withdrawal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(withdrawal);
        using var resource = PreparedResource.From("Observation", withdrawal.Observation);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (await FindAsync(withdrawal.EventId, cancellationToken) is { } known && !(withdrawal.IsReadAgain && known.IsUnread))
        {
            return await StudyWithdrawing.RepeatedAsync(connection, known, resource, cancellationToken);
        }

        var isNew = await StudyWithdrawing.ReceiveAsync(connection, withdrawal, resource, time.GetUtcNow(), cancellationToken);
        var entry = await GetAsync(connection, withdrawal.EventId, cancellationToken);
        return isNew ? new Reception(entry, ReceptionKind.New) : await StudyWithdrawing.RepeatedAsync(connection, entry, resource, cancellationToken);
    }

    public async Task<bool> IsOutdatedAsync(ArrivedEcg ecg, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ecg);
        using var resource = PreparedResource.From("Observation", ecg.Observation);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);

        // Tried and taken back: what decides is what decides of an event that arrives.
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            await new ObservationIntake(
                    connection, Storable.Text(ecg.SourceSystem, LongestSource), EventTime.Of(ecg.OccurredAt, ecg.ReceivedAt), time.GetUtcNow())
                .StoreAsync(resource, ecg.RequestedObservationId, ecg.ObservationKey, cancellationToken);
            return false;
        }
        catch (UnstorableContentException e) when (e.Reason.Code == StorageReasons.ObservationOutdated.Code)
        {
            return true;
        }
    }

    public async Task<LedgerEntry> CompleteWithdrawalAsync(Guid eventId, StudyWithdrawal withdrawal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(withdrawal);
        using var resources = PreparedResources.From(withdrawal.Resources);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await StudyWithdrawing.CompleteAsync(connection, eventId, withdrawal, resources, time.GetUtcNow(), cancellationToken);
        return await GetAsync(connection, eventId, cancellationToken);
    }

    public async Task<CurrentResult?> CurrentResultAsync(string observationId, CancellationToken cancellationToken)
    {
        CurrentStudy? current;
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        {
            current = await CurrentResults.FindAsync(connection, observationId, forUpdate: false, cancellationToken);
        }

        if (current is null)
        {
            return null;
        }

        var resources = new List<StoredResource>(current.Results.Length);
        foreach (var reference in current.Results)
        {
            var parts = reference.Split('/');
            resources.Add(await store.ReadAsync(parts[0], parts[1], cancellationToken)
                ?? throw new InvalidDataException("A resource of a result is not stored."));
        }

        return new CurrentResult(current.Id, current.ObservationVersion, current.Lineage, resources) { Priority = current.Priority };
    }

    public async Task<LedgerEntry> RejectAsync(RejectedEvent rejected, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rejected);
        if (rejected.Reasons.Count == 0)
        {
            throw new ArgumentException("A rejection needs a reason.", nameof(rejected));
        }

        var body = RejectedBody.From(rejected.Body.Span, options.Value.RejectedBodyLimit);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await StudyClosing.RejectAsync(connection, rejected, body, time.GetUtcNow(), cancellationToken);
        return await GetAsync(connection, rejected.EventId, cancellationToken);
    }

    public async Task<LedgerEntry> CompleteAsync(Guid eventId, StudyCompletion completion, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(completion);
        if (completion.Status is StudyStatus.Received or StudyStatus.Failed)
        {
            throw new ArgumentException("A study is completed with a result; a failure is reported as such.", nameof(completion));
        }

        using var resources = PreparedResources.From(completion.Resources);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await new StudyCompleting(connection, completion, resources, time.GetUtcNow()).RunAsync(eventId, cancellationToken);
        return await GetAsync(connection, eventId, cancellationToken);
    }

    public async Task<LedgerEntry> KeepUnreadAsync(RejectedEvent unread, DateTimeOffset nextAttempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(unread);
        var body = RejectedBody.From(unread.Body.Span, options.Value.RejectedBodyLimit);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await StudyClosing.KeepUnreadAsync(connection, unread, body, nextAttempt, cancellationToken);
        return await GetAsync(connection, unread.EventId, cancellationToken);
    }

    public async Task<bool> HasBodyAsync(Guid eventId, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT 1 FROM rejected_input WHERE event_id = $1 AND sha256 = $2")
            .With(eventId).With(SHA256.HashData(body.Span));
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

    public async Task PostponeAsync(Guid eventId, Reason reason, DateTimeOffset nextAttempt, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "UPDATE intake_event SET next_attempt_at = $2, reasons = $3 WHERE event_id = $1 AND status = 'received'")
            .With(eventId).WithTime(nextAttempt).WithJson<Reason[]>([reason]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<LedgerEntry> FailAsync(Guid eventId, Reason reason, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await StudyClosing.FailAsync(connection, eventId, reason, time.GetUtcNow(), cancellationToken);
        return await GetAsync(connection, eventId, cancellationToken);
    }

    public async Task<LedgerEntry?> FindAsync(Guid eventId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"{LedgerRows.Select} WHERE e.event_id = $1").With(eventId);
        return await LedgerRows.OneAsync(command, cancellationToken);
    }

    public async Task<LedgerEntry?> FindByStudyAsync(Guid studyId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"{LedgerRows.Select} WHERE e.study_id = $1 ORDER BY e.received_at DESC, e.event_id DESC LIMIT 1").With(studyId);
        return await LedgerRows.OneAsync(command, cancellationToken);
    }

    public async Task<IReadOnlyList<LedgerEntry>> LeaseDueAsync(
        int limit, TimeSpan lease, EventPriority? priority, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var command = database.CreateCommand(
            $"""
            WITH due AS (
              SELECT event_id FROM intake_event
              WHERE status = 'received' AND next_attempt_at <= $1 AND ($4::text IS NULL OR priority = $4)
              ORDER BY priority = 'stat' DESC, next_attempt_at
              LIMIT $2
              FOR UPDATE SKIP LOCKED),
            e AS (
              UPDATE intake_event SET next_attempt_at = $3, attempts = attempts + 1
              FROM due WHERE intake_event.event_id = due.event_id
              RETURNING intake_event.*)
            SELECT {LedgerRows.Columns} FROM e {LedgerRows.JoinStudy}
            ORDER BY e.priority = 'stat' DESC, e.received_at, e.event_id
            """).WithTime(now).With(limit).WithTime(now + lease).WithText(priority is { } only ? WireName.Of(only) : null);
        return await LedgerRows.ListAsync(command, cancellationToken);
    }

    public async Task<IReadOnlyList<LedgerEntry>> LeaseUnpublishedAsync(int limit, TimeSpan olderThan, CancellationToken cancellationToken)
    {
        // A failed ECG has been read by nobody: it is told of right after the urgent ones.
        const string Urgency =
            "CASE WHEN s.urgency = 'critical' THEN 0 WHEN s.urgency = 'urgent' THEN 1 WHEN e.status = 'failed' THEN 2 WHEN e.priority = 'stat' THEN 3 ELSE 4 END";
        var now = time.GetUtcNow();
        await using var command = database.CreateCommand(
            $"""
            WITH due AS (
              SELECT e.event_id FROM intake_event e {LedgerRows.JoinStudy}
              WHERE (e.published_at IS NULL OR e.notice_owed) AND e.status <> 'received' AND e.finished_at <= $1
                AND coalesce(e.publish_after <= $3, true)
              ORDER BY {Urgency}, e.finished_at LIMIT $2
              FOR UPDATE OF e SKIP LOCKED),
            e AS (
              UPDATE intake_event SET publish_after = $3 + least(greatest($3 - finished_at, $4), $5)
              FROM due WHERE intake_event.event_id = due.event_id
              RETURNING intake_event.*)
            SELECT {LedgerRows.Columns} FROM e {LedgerRows.JoinStudy}
            ORDER BY {Urgency}, e.finished_at
            """).WithTime(now - olderThan).With(limit).WithTime(now).With(FirstPublishingPause).With(LongestPublishingPause);
        return await LedgerRows.ListAsync(command, cancellationToken);
    }

    public async Task MarkNoticedAsync(Guid eventId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE intake_event SET notice_owed = false WHERE event_id = $1 AND notice_owed").With(eventId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task MarkPublishedAsync(Guid eventId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "UPDATE intake_event SET published_at = $2 WHERE event_id = $1 AND status <> 'received' AND published_at IS NULL")
            .With(eventId).WithTime(time.GetUtcNow());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<LedgerEntry>> RecentAsync(int limit, LedgerCursor? after, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            {LedgerRows.Select}
            WHERE $2::timestamptz IS NULL OR (e.received_at, e.event_id) < ($2, $3)
            ORDER BY e.received_at DESC, e.event_id DESC LIMIT $1
            """).With(limit).WithTime(after?.ReceivedAt).With(after?.EventId);
        return await LedgerRows.ListAsync(command, cancellationToken);
    }

    /// <summary>The same id can carry another ECG, by a sender's fault: its answer must never be the first one's.</summary>
    private async Task<Reception> RepeatedAsync(LedgerEntry known, NewStudy study, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "SELECT 1 FROM study WHERE id = $1 AND observation_key = $2 AND input_sha256 = $3")
            .With(known.StudyId ?? Guid.Empty).With(study.ObservationKey).With(study.InputSha256);
        var same = known.StudyId is not null && await command.ExecuteScalarAsync(cancellationToken) is not null;
        return new Reception(known, same ? ReceptionKind.Repeated : ReceptionKind.Reused);
    }

    private static async Task<LedgerEntry> GetAsync(NpgsqlConnection connection, Guid eventId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"{LedgerRows.Select} WHERE e.event_id = $1", connection).With(eventId);
        return await LedgerRows.OneAsync(command, cancellationToken) ?? throw new KeyNotFoundException("There is no such event.");
    }
}
