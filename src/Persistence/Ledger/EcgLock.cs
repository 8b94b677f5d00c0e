using Npgsql;

namespace EcgIntegration.Persistence.Ledger;

/// <summary>
/// An ECG, held until the transaction ends. Whatever decides over an ECG's results takes it before any study, so that all of
/// them wait in one direction, and an ECG that is not withdrawn cannot become so before the transaction ends.
/// </summary>
internal static class EcgLock
{
    private const string Select =
        """
        SELECT o.id, o.version, coalesce(o.status IN ('entered-in-error', 'cancelled'), false)
        FROM resource o WHERE o.type = 'Observation' AND o.id =
        """;

    /// <summary>The ECG that the study of an event reads, or <see langword="null"/> where the event has none.</summary>
    public static async Task<LockedEcg?> OfEventAsync(NpgsqlConnection connection, Guid eventId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"{Select} (SELECT s.observation_id FROM intake_event e JOIN study s ON s.id = e.study_id WHERE e.event_id = $1) FOR SHARE", connection)
            .With(eventId);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>The ECG of this id, or <see langword="null"/>.</summary>
    public static async Task<LockedEcg?> OfAsync(NpgsqlConnection connection, string observationId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"{Select} $1 AND NOT o.deleted FOR SHARE", connection).With(observationId);
        return await ReadAsync(command, cancellationToken);
    }

    private static async Task<LockedEcg?> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new(reader.GetString(0), reader.GetInt32(1), reader.GetBoolean(2)) : null;
    }
}

/// <summary>What a transaction needs to know of the ECG it holds.</summary>
/// <param name="Id">Its logical id.</param>
/// <param name="Version">Its newest version.</param>
/// <param name="IsWithdrawn">That one says that the ECG was entered in error.</param>
internal sealed record LockedEcg(string Id, int Version, bool IsWithdrawn)
{
    /// <summary>True where a version was taken back after it.</summary>
    public bool Withdraws(int version) => IsWithdrawn && Version > version;
}
