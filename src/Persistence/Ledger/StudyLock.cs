using EcgIntegration.Contracts.Events;
using Npgsql;

namespace EcgIntegration.Persistence.Ledger;

/// <summary>A study, held until the transaction ends.</summary>
internal static class StudyLock
{
    /// <summary>The study of an event, or <see langword="null"/> where the event has none.</summary>
    public static async Task<LockedStudy?> OfEventAsync(NpgsqlConnection connection, Guid eventId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT id, status, priority, observation_id, observation_version, coalesce(opened_at, created_at)
            FROM study WHERE id = (SELECT study_id FROM intake_event WHERE event_id = $1) FOR UPDATE
            """,
            connection).With(eventId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new LockedStudy(
                reader.GetGuid(0),
                LedgerRows.Name<StudyStatus>(reader, 1),
                LedgerRows.Name<EventPriority>(reader, 2),
                reader.GetString(3),
                reader.GetInt32(4),
                reader.GetFieldValue<DateTimeOffset>(5))
            : null;
    }
}

/// <summary>What a transaction needs to know of the study it holds.</summary>
/// <param name="Id">The study.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Priority">The most urgent of its events.</param>
/// <param name="ObservationId">Logical id of its ECG.</param>
/// <param name="ObservationVersion">The newest version of the ECG that it holds for.</param>
/// <param name="OpenedAt">When it was last asked for while it was open.</param>
internal sealed record LockedStudy(
    Guid Id, StudyStatus Status, EventPriority Priority, string ObservationId, int ObservationVersion, DateTimeOffset OpenedAt);
