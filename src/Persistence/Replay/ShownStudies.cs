using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Resources;
using Npgsql;

namespace EcgIntegration.Persistence.Replay;

/// <summary>What an ECG shows: its current study, or one that failed and that no result has overtaken.</summary>
internal static class ShownStudies
{
    /// <summary>The condition on a study <c>s</c>.</summary>
    public const string Condition =
        """
        (s.is_current OR s.status = 'failed' AND NOT EXISTS (
           SELECT 1 FROM study c
           WHERE c.observation_id = s.observation_id AND c.is_current AND c.observation_version >= s.observation_version
             AND c.finished_at >= s.finished_at))
        """;

    private const string FindSql =
        $"""
        SELECT s.id, s.observation_key, s.model_sha256, s.priority, s.status, s.urgency,
               jsonb_path_query_array(coalesce(s.suggestions, '[]'), '$[*].code')::text,
               jsonb_path_query_array(coalesce(s.reasons, '[]'), '$[*].code')::text, s.withdrawn_at IS NOT NULL
        FROM study s WHERE s.observation_id = $1 AND {Condition}
        ORDER BY s.observation_version DESC, s.is_current DESC, s.finished_at DESC LIMIT 1
        """;

    /// <summary>The study that an ECG shows, or <see langword="null"/>.</summary>
    public static async Task<ShownStudy?> FindAsync(NpgsqlDataSource database, string observationId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(FindSql).With(observationId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var suggested = Codes(reader, 6);
        return new ShownStudy(
            reader.GetGuid(0),
            reader.GetString(1),
            reader.GetString(2),
            LedgerRows.Name<EventPriority>(reader, 3),
            // A result that was taken back shows nothing, also where its ECG is valid again.
            reader.GetBoolean(8)
                ? new ReplaySide(StudyStatus.Rejected, null, [StorageReasons.ObservationWithdrawn.Code])
                : new ReplaySide(
                    LedgerRows.Name<StudyStatus>(reader, 4),
                    reader.IsDBNull(5) ? null : LedgerRows.Name<Urgency>(reader, 5),
                    suggested.Length > 0 ? suggested : Codes(reader, 7)));
    }

    private static string[] Codes(NpgsqlDataReader reader, int column) =>
        System.Text.Json.JsonSerializer.Deserialize<string[]>(reader.GetString(column)) ?? [];
}
