using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Resources;
using Npgsql;

namespace EcgIntegration.Persistence.Ledger;

/// <summary>
/// The transaction that receives an event. Locks are taken in the order ECG, study, event - the order in which
/// <see cref="StudyCompleting"/> takes them - so that two connections wait for each other at most in one direction.
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
        var ecg = resource is null
            ? await FindStoredAsync(cancellationToken)
            : await new ObservationIntake(connection, _source, EventTime.Of(study.OccurredAt, study.ReceivedAt), now)
                .StoreAsync(resource, study.RequestedObservationId, study.ObservationKey, cancellationToken);
        var taken = await new StudyTaking(connection, study, ecg, now).RunAsync(cancellationToken);
        if (!await InsertEventAsync(taken, ecg, cancellationToken))
        {
            return null;
        }

        await transaction.CommitAsync(cancellationToken);
        return taken.IsNew ? ReceptionKind.New : ReceptionKind.Joined;
    }

    private async Task<StoredObservation> FindStoredAsync(CancellationToken cancellationToken)
    {
        var ecg = await EcgLock.OfAsync(connection, study.StoredObservationId!, cancellationToken);
        return ecg is not null && ecg.Version >= (study.StoredObservationVersion ?? 1)
            ? new(ecg.Id, study.StoredObservationVersion ?? ecg.Version, IsNewest: (study.StoredObservationVersion ?? ecg.Version) == ecg.Version)
            : throw new UnstorableContentException(StorageReasons.ObservationUnknown.At("reference"));
    }

    /// <summary>
    /// An event that joins a finished study is final at once, unless it is the first one sent as stat: the result was made for
    /// a routine ECG, and has to be raised before the sender is answered.
    /// </summary>
    private async Task<bool> InsertEventAsync(TakenStudy taken, StoredObservation ecg, CancellationToken cancellationToken)
    {
        var raises = study.Priority > taken.Priority && taken.Status is not StudyStatus.Rejected;
        var status = raises ? StudyStatus.Received : taken.Status;
        var isFinal = status != StudyStatus.Received;
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO intake_event (event_id, study_id, source_system, priority, occurred_at, received_at, status, reasons,
                                      observation_id, observation_version, attempts, next_attempt_at, finished_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $13, $8, $9, 1, $10, $11)
            ON CONFLICT (event_id) DO UPDATE
            SET study_id = excluded.study_id, source_system = excluded.source_system, priority = excluded.priority,
                occurred_at = coalesce(excluded.occurred_at, intake_event.occurred_at), status = excluded.status,
                reasons = excluded.reasons,
                observation_id = excluded.observation_id, observation_version = excluded.observation_version,
                next_attempt_at = excluded.next_attempt_at, finished_at = excluded.finished_at
            WHERE $12 AND intake_event.status = 'received' AND intake_event.study_id IS NULL
              AND (intake_event.observation_id IS NULL
                   OR (intake_event.observation_id, intake_event.observation_version) = (excluded.observation_id, excluded.observation_version))
            """,
            connection)
            .With(study.EventId).With(taken.Id).With(_source).With(WireName.Of(study.Priority))
            .WithTime(study.OccurredAt).WithTime(study.ReceivedAt).With(WireName.Of(status))
            .With(ecg.Id).With(ecg.Version)
            .WithTime(isFinal ? null : study.FirstRetryAt).WithTime(isFinal ? now : null).With(study.IsReadAgain)
            .WithJson<Reason[]>(taken.Reason is { } reason ? [reason] : null);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }
}
