using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Resources;
using Npgsql;

namespace EcgIntegration.Persistence.Ledger;

/// <summary>
/// The transaction that receives an event. Locks are taken in the order study, resource, event - the order in which
/// <see cref="StudyClosing"/> takes them - so that two connections wait for each other at most in one direction.
/// </summary>
/// <param name="connection">An open connection, without a transaction.</param>
/// <param name="study">The event.</param>
/// <param name="resource">Its Observation, prepared; <see langword="null"/> for an event by reference.</param>
/// <param name="now">The time of what is written.</param>
internal sealed class StudyReception(NpgsqlConnection connection, NewStudy study, PreparedResource? resource, DateTimeOffset now)
{
    private const int LongestSource = 200;

    private readonly string _source = Storable.Text(study.SourceSystem, LongestSource);

    /// <summary>Runs it.</summary>
    /// <returns>What the reception found, or <see langword="null"/> where the event is recorded already and nothing was written.</returns>
    public async Task<ReceptionKind?> RunAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var taken = await TakeStudyAsync(cancellationToken);
        var (observationId, version, _) = resource is null
            ? await FindStoredAsync(cancellationToken)
            : await new ObservationIntake(connection, _source, study.OccurredAt, now)
                .StoreAsync(resource, study.RequestedObservationId, study.ObservationKey, cancellationToken);
        if (taken.IsNew)
        {
            await SetObservationAsync(taken.Id, observationId, version, cancellationToken);
        }

        if (!await InsertEventAsync(taken, observationId, version, cancellationToken))
        {
            return null;
        }

        await transaction.CommitAsync(cancellationToken);
        return taken.IsNew ? ReceptionKind.New : ReceptionKind.Joined;
    }

    /// <summary>
    /// The study of the event. One whose result was superseded, or taken back, since an earlier version of a stored ECG does
    /// not become current again: where a later version has the same signal once more, that is the next run.
    /// </summary>
    private async Task<TakenStudy> TakeStudyAsync(CancellationToken cancellationToken)
    {
        for (var run = study.Run; ; run++)
        {
            var taken = await TakeRunAsync(run, cancellationToken);
            if (!study.IsReadAgain || taken.OvertakenVersion is not { } version || version >= study.StoredObservationVersion)
            {
                return taken;
            }
        }
    }

    /// <summary>
    /// Makes the study or finds it, and holds it locked. A failed one is open again: this event is a new chance. An open one
    /// takes the priority of its most urgent event.
    /// </summary>
    private async Task<TakenStudy> TakeRunAsync(int run, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7(now);
        await using var insert = new NpgsqlCommand(
            """
            INSERT INTO study (id, observation_key, input_sha256, model_sha256, run, priority, observation_id, observation_version, status, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, '', 0, 'received', $7)
            ON CONFLICT (observation_key, input_sha256, model_sha256, run) DO NOTHING
            """,
            connection).With(id).With(study.ObservationKey).With(study.InputSha256).With(study.ModelSha256).With(run)
            .With(WireName.Of(study.Priority)).WithTime(now);
        if (await insert.ExecuteNonQueryAsync(cancellationToken) == 1)
        {
            return new(id, StudyStatus.Received, study.Priority, OvertakenVersion: null, IsNew: true);
        }

        await using var reopen = new NpgsqlCommand(
            """
            UPDATE study
            SET finished_at = CASE WHEN status = 'failed' THEN NULL ELSE finished_at END,
                reasons = CASE WHEN status = 'failed' THEN NULL ELSE reasons END,
                status = CASE WHEN status = 'failed' THEN 'received' ELSE status END,
                priority = CASE WHEN status IN ('received', 'failed') AND $5 = 'stat' THEN 'stat' ELSE priority END
            WHERE observation_key = $1 AND input_sha256 = $2 AND model_sha256 = $3 AND run = $4
            RETURNING id, status, priority,
                      CASE WHEN status <> 'received' AND (superseded_by IS NOT NULL OR withdrawn_at IS NOT NULL) THEN observation_version END
            """,
            connection).With(study.ObservationKey).With(study.InputSha256).With(study.ModelSha256).With(run)
            .With(WireName.Of(study.Priority));
        await using var reader = await reopen.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(
                reader.GetGuid(0),
                LedgerRows.Name<StudyStatus>(reader, 1),
                LedgerRows.Name<EventPriority>(reader, 2),
                reader.IsDBNull(3) ? null : reader.GetInt32(3),
                IsNew: false)
            : throw new InvalidOperationException("A study that is in the way cannot be found.");
    }

    private async Task<StoredObservation> FindStoredAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT version FROM resource WHERE type = 'Observation' AND id = $1 AND version >= coalesce($2, 1) AND NOT deleted", connection)
            .With(study.StoredObservationId!).With(study.StoredObservationVersion);
        return await command.ExecuteScalarAsync(cancellationToken) is int current
            ? new(study.StoredObservationId!, study.StoredObservationVersion ?? current, IsNew: false)
            : throw new UnstorableContentException(StorageReasons.ObservationUnknown.At("reference"));
    }

    private async Task SetObservationAsync(Guid id, string observationId, int version, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "UPDATE study SET observation_id = $2, observation_version = $3 WHERE id = $1", connection)
            .With(id).With(observationId).With(version);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// An event that joins a finished study is final at once, unless it is the first one sent as stat: the result was made for
    /// a routine ECG, and has to be raised before the sender is answered.
    /// </summary>
    private async Task<bool> InsertEventAsync(TakenStudy taken, string observationId, int version, CancellationToken cancellationToken)
    {
        var raises = study.Priority > taken.Priority && taken.Status is not StudyStatus.Rejected;
        var status = raises ? StudyStatus.Received : taken.Status;
        var isFinal = status != StudyStatus.Received;
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO intake_event (event_id, study_id, source_system, priority, occurred_at, received_at, status,
                                      observation_id, observation_version, attempts, next_attempt_at, finished_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11)
            ON CONFLICT (event_id) DO UPDATE
            SET study_id = excluded.study_id, source_system = excluded.source_system, priority = excluded.priority,
                occurred_at = coalesce(excluded.occurred_at, intake_event.occurred_at), status = excluded.status, reasons = NULL,
                observation_id = excluded.observation_id, observation_version = excluded.observation_version,
                next_attempt_at = excluded.next_attempt_at, finished_at = excluded.finished_at
            WHERE $12 AND intake_event.status = 'received' AND intake_event.study_id IS NULL
              AND (intake_event.observation_id IS NULL
                   OR (intake_event.observation_id, intake_event.observation_version) = (excluded.observation_id, excluded.observation_version))
            """,
            connection)
            .With(study.EventId).With(taken.Id).With(_source).With(WireName.Of(study.Priority))
            .WithTime(study.OccurredAt).WithTime(study.ReceivedAt).With(WireName.Of(status))
            .With(observationId).With(version)
            .WithTime(isFinal ? null : study.FirstRetryAt).WithTime(isFinal ? now : null).With(study.IsReadAgain);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <param name="Id">The study.</param>
    /// <param name="Status">Where it stands.</param>
    /// <param name="Priority">The most urgent of its events.</param>
    /// <param name="OvertakenVersion">The version of the ECG it was made from, where its result is no longer the ECG's.</param>
    /// <param name="IsNew">It came to be just now.</param>
    private sealed record TakenStudy(Guid Id, StudyStatus Status, EventPriority Priority, int? OvertakenVersion, bool IsNew);
}
