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
    private const string Observation = "Observation";
    private const int LongestSource = 200;

    private readonly string _source = Storable.Text(study.SourceSystem, LongestSource);

    /// <summary>Runs it.</summary>
    /// <returns>What the reception found, or <see langword="null"/> where the event is recorded already and nothing was written.</returns>
    public async Task<ReceptionKind?> RunAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (id, status, isNew) = await TakeStudyAsync(cancellationToken);
        var (observationId, version) = resource is null
            ? await FindStoredAsync(cancellationToken)
            : await StoreAsync(resource, cancellationToken);
        if (isNew)
        {
            await SetObservationAsync(id, observationId, version, cancellationToken);
        }

        if (!await InsertEventAsync(id, status, observationId, version, cancellationToken))
        {
            return null;
        }

        await transaction.CommitAsync(cancellationToken);
        return isNew ? ReceptionKind.New : ReceptionKind.Joined;
    }

    /// <summary>Makes the study or finds it, and holds it locked. A failed one is open again: this event is a new chance.</summary>
    private async Task<(Guid Id, StudyStatus Status, bool IsNew)> TakeStudyAsync(CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7(now);
        await using var insert = new NpgsqlCommand(
            """
            INSERT INTO study (id, observation_key, input_sha256, model_sha256, observation_id, observation_version, status, created_at)
            VALUES ($1, $2, $3, $4, '', 0, 'received', $5)
            ON CONFLICT (observation_key, input_sha256, model_sha256) DO NOTHING
            """,
            connection).With(id).With(study.ObservationKey).With(study.InputSha256).With(study.ModelSha256).WithTime(now);
        if (await insert.ExecuteNonQueryAsync(cancellationToken) == 1)
        {
            return (id, StudyStatus.Received, true);
        }

        await using var reopen = new NpgsqlCommand(
            """
            UPDATE study
            SET finished_at = CASE WHEN status = 'failed' THEN NULL ELSE finished_at END,
                reasons = CASE WHEN status = 'failed' THEN NULL ELSE reasons END,
                status = CASE WHEN status = 'failed' THEN 'received' ELSE status END
            WHERE observation_key = $1 AND input_sha256 = $2 AND model_sha256 = $3
            RETURNING id, status
            """,
            connection).With(study.ObservationKey).With(study.InputSha256).With(study.ModelSha256);
        await using var reader = await reopen.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? (reader.GetGuid(0), LedgerRows.Name<StudyStatus>(reader, 1), false)
            : throw new InvalidOperationException("A study that is in the way cannot be found.");
    }

    private async Task<(string Id, int Version)> FindStoredAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT version FROM resource WHERE type = 'Observation' AND id = $1 AND version >= coalesce($2, 1)", connection)
            .With(study.StoredObservationId!).With(study.StoredObservationVersion);
        return await command.ExecuteScalarAsync(cancellationToken) is int current
            ? (study.StoredObservationId!, study.StoredObservationVersion ?? current)
            : throw new UnstorableContentException(StorageReasons.ObservationUnknown.At("reference"));
    }

    /// <summary>Stores the Observation under the first of its ids that is free, or is its own already.</summary>
    private async Task<(string Id, int Version)> StoreAsync(PreparedResource observation, CancellationToken cancellationToken)
    {
        foreach (var id in CandidateIds(observation))
        {
            var write = new ResourceWrite(observation, id, _source, now);
            if (await ResourceWriter.TryInsertAsync(connection, write, cancellationToken))
            {
                return (id, 1);
            }

            var holder = await ResourceWriter.LockAsync(connection, Observation, id, cancellationToken);
            if (holder is not null && holder.IsSame(_source, observation))
            {
                return holder.HasContent(observation)
                    ? (id, holder.Version)
                    : (id, await ResourceWriter.UpdateAsync(connection, write, cancellationToken));
            }
        }

        throw new InvalidOperationException("Every id derived for the Observation is held by another patient or source.");
    }

    private IEnumerable<string> CandidateIds(PreparedResource observation)
    {
        var fields = observation.Fields;
        var patient = fields.Patient ?? fields.PatientIdentifier ?? Convert.ToHexStringLower(observation.ContentHash);
        var id = ResourceId.IsValid(study.RequestedObservationId) ? study.RequestedObservationId! : ResourceId.FromKey(study.ObservationKey);
        yield return id;
        yield return ResourceId.Derive(id, _source, patient);
        yield return ResourceId.FromKey(ResourceId.Derive(id, _source, patient) + _source + patient);
    }

    private async Task SetObservationAsync(Guid id, string observationId, int version, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "UPDATE study SET observation_id = $2, observation_version = $3 WHERE id = $1", connection)
            .With(id).With(observationId).With(version);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>An event that joins a finished study is final at once.</summary>
    private async Task<bool> InsertEventAsync(Guid id, StudyStatus status, string observationId, int version, CancellationToken cancellationToken)
    {
        var isFinal = status != StudyStatus.Received;
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO intake_event (event_id, study_id, source_system, priority, occurred_at, received_at, status,
                                      observation_id, observation_version, attempts, next_attempt_at, finished_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11)
            ON CONFLICT (event_id) DO NOTHING
            """,
            connection)
            .With(study.EventId).With(id).With(_source).With(WireName.Of(study.Priority))
            .WithTime(study.OccurredAt).WithTime(study.ReceivedAt).With(WireName.Of(status))
            .With(observationId).With(version)
            .WithTime(isFinal ? null : study.FirstRetryAt).WithTime(isFinal ? now : null);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }
}
