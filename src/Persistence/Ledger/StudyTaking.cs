using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Resources;
using Npgsql;

namespace EcgIntegration.Persistence.Ledger;

/// <summary>
/// The part of a reception that makes a study or finds it, and holds it locked. A study that has failed is open again: the
/// event is a new chance. A finished one serves only as long as its result is the one that the ECG has: an ECG that comes back
/// after a correction, a withdrawal or another model is read again, as the study's next run, and so is one that is
/// moved to another encounter, which its report has to name. A late copy of an earlier version
/// changes nothing and shares that version's study.
/// </summary>
/// <param name="connection">An open connection in a transaction that holds the ECG.</param>
/// <param name="study">The event.</param>
/// <param name="ecg">Where its ECG lies.</param>
/// <param name="now">The time of what is written.</param>
internal sealed class StudyTaking(NpgsqlConnection connection, NewStudy study, StoredObservation ecg, DateTimeOffset now)
{
    private const string OfKey = "observation_key = $1 AND input_sha256 = $2 AND model_sha256 = $3";

    /// <summary>What a report takes over of its ECG's encounter: a contained one means nothing elsewhere.</summary>
    private const string EncounterOfEcg =
        """
        CASE WHEN o.content->'encounter'->>'reference' NOT LIKE '#%' THEN o.content->'encounter'->>'reference' END,
        o.content->'encounter'->'identifier'->>'system', o.content->'encounter'->'identifier'->>'value'
        """;

    private const string EncounterOfReport =
        """
        p.content->'encounter'->>'reference', p.content->'encounter'->'identifier'->>'system', p.content->'encounter'->'identifier'->>'value'
        """;

    /// <summary>Runs it.</summary>
    public async Task<TakenStudy> RunAsync(CancellationToken cancellationToken)
    {
        var taken = await TakeAsync(cancellationToken);
        if (ecg is { IsNewest: true, Version: > 1 })
        {
            await CountForVersionAsync(cancellationToken);
        }

        return taken;
    }

    private async Task<TakenStudy> TakeAsync(CancellationToken cancellationToken)
    {
        for (var run = 0; ;)
        {
            if (await TryInsertAsync(run, cancellationToken) is { } made)
            {
                return made;
            }

            var held = await HoldAsync(cancellationToken);
            if (await TryJoinAsync(held, cancellationToken) is { } joined)
            {
                return joined;
            }

            // Somebody else may be faster: then theirs is looked at.
            run = held.NextRun;
        }
    }

    private async Task<TakenStudy?> TryInsertAsync(int run, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7(now);
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO study (id, observation_key, input_sha256, model_sha256, run, priority, observation_id, observation_version, status, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'received', $9)
            ON CONFLICT (observation_key, input_sha256, model_sha256, run) DO NOTHING
            """,
            connection).With(id).With(study.ObservationKey).With(study.InputSha256).With(study.ModelSha256).With(run)
            .With(WireName.Of(study.Priority)).With(ecg.Id).With(ecg.Version).WithTime(now);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1
            ? new(id, StudyStatus.Received, study.Priority, IsNew: true)
            : null;
    }

    /// <summary>Holds the last run, that of this very ECG before one of the same ECG from another sender.</summary>
    private async Task<HeldStudy> HoldAsync(CancellationToken cancellationToken)
    {
        await using var hold = new NpgsqlCommand(
            $"SELECT id FROM study WHERE {OfKey} ORDER BY observation_id = $4 DESC, run DESC LIMIT 1 FOR UPDATE", connection)
            .With(study.ObservationKey).With(study.InputSha256).With(study.ModelSha256).With(ecg.Id);
        var id = await hold.ExecuteScalarAsync(cancellationToken) as Guid?
            ?? throw new InvalidOperationException("A study that is in the way cannot be found.");

        // A statement of its own: it sees what those did that were waited for.
        await using var look = new NpgsqlCommand(
            $"""
            SELECT s.status, s.priority, s.is_current AND s.withdrawn_at IS NULL,
                   s.observation_id <> $5 AND EXISTS (SELECT 1 FROM study c WHERE c.observation_id = $5 AND c.is_current),
                   s.observation_id = $5 AND EXISTS (
                     SELECT 1 FROM resource o JOIN resource p ON p.type = 'DiagnosticReport' AND p.id = s.report_id
                     WHERE o.type = 'Observation' AND o.id = $5 AND p.status = 'preliminary'
                       AND ({EncounterOfEcg}) IS DISTINCT FROM ({EncounterOfReport})),
                   (SELECT max(run) + 1 FROM study WHERE {OfKey})
            FROM study s WHERE s.id = $4
            """,
            connection).With(study.ObservationKey).With(study.InputSha256).With(study.ModelSha256).With(id).With(ecg.Id);
        await using var reader = await look.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(
            id,
            LedgerRows.Name<StudyStatus>(reader, 0),
            LedgerRows.Name<EventPriority>(reader, 1),
            reader.GetBoolean(2),
            reader.GetBoolean(3),
            reader.GetBoolean(4),
            reader.GetInt32(5));
    }

    private async Task<TakenStudy?> TryJoinAsync(HeldStudy held, CancellationToken cancellationToken)
    {
        if (!ecg.IsNewest && held.Status != StudyStatus.Received && await IsWithdrawnAsync(cancellationToken))
        {
            return new(held.Id, StudyStatus.Rejected, held.Priority, IsNew: false) { Reason = StorageReasons.ObservationWithdrawn.At(null) };
        }

        if (ecg.IsNewest && held.IsOfAnother)
        {
            return null;
        }

        if (held.Status is StudyStatus.Received or StudyStatus.Failed)
        {
            return await OpenAsync(held, cancellationToken);
        }

        return !study.IsRenewed && ((held.IsValid && !held.IsOfOtherEncounter) || !ecg.IsNewest) ? new(held.Id, held.Status, held.Priority, IsNew: false) : null;
    }

    /// <summary>An open study takes the priority of its most urgent event.</summary>
    private async Task<TakenStudy> OpenAsync(HeldStudy held, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            UPDATE study
            SET status = 'received', finished_at = NULL, reasons = NULL, superseded_by = NULL, superseded_at = NULL, priority = CASE WHEN $2 = 'stat' THEN 'stat' ELSE priority END,
                opened_at = CASE WHEN $3 THEN $4 ELSE opened_at END
            WHERE id = $1
            """,
            connection).With(held.Id).With(WireName.Of(study.Priority)).With(ecg.IsNewest).WithTime(now);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new(held.Id, StudyStatus.Received, study.Priority > held.Priority ? study.Priority : held.Priority, IsNew: false);
    }

    /// <summary>
    /// What is or was read from the same signal holds for the new version: otherwise it would be taken for older than the
    /// result of a version in between, or be taken back by a withdrawal that the ECG has survived.
    /// </summary>
    private async Task CountForVersionAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            UPDATE study SET observation_version = $4
            WHERE observation_id = $3 AND observation_key = $1 AND input_sha256 = $2 AND observation_version < $4
              AND (status = 'received' OR is_current AND withdrawn_at IS NULL)
            """,
            connection).With(study.ObservationKey).With(study.InputSha256).With(ecg.Id).With(ecg.Version);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<bool> IsWithdrawnAsync(CancellationToken cancellationToken) =>
        await EcgLock.OfAsync(connection, ecg.Id, cancellationToken) is { } stored && stored.Withdraws(ecg.Version);

    /// <param name="Id">The study.</param>
    /// <param name="Status">Where it stands.</param>
    /// <param name="Priority">The most urgent of its events.</param>
    /// <param name="IsValid">Its result is its ECG's current one, and was not taken back.</param>
    /// <param name="IsOfAnother">Its ECG came from another sender, and this one has a result of its own.</param>
    /// <param name="IsOfOtherEncounter">Its report, which nobody has signed, names another encounter than the ECG does now.</param>
    /// <param name="NextRun">The number of the next one.</param>
    private sealed record HeldStudy(Guid Id, StudyStatus Status, EventPriority Priority, bool IsValid, bool IsOfAnother, bool IsOfOtherEncounter, int NextRun);
}

/// <summary>The study of an event that is being received.</summary>
/// <param name="Id">The study.</param>
/// <param name="Status">Where it stands for the event.</param>
/// <param name="Priority">The most urgent of its events.</param>
/// <param name="IsNew">It came to be by this event.</param>
internal sealed record TakenStudy(Guid Id, StudyStatus Status, EventPriority Priority, bool IsNew)
{
    /// <summary>The event's own reason, where its study's is not its.</summary>
    public Reason? Reason { get; init; }
}
