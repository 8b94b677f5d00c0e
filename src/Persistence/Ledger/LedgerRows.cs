using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using Npgsql;

namespace EcgIntegration.Persistence.Ledger;

/// <summary>Reads ledger entries: an event with what its study says, as far as the event shares the study's outcome.</summary>
internal static class LedgerRows
{
    /// <summary>Selects entries as <c>e</c> (event) and <c>s</c> (study); a WHERE clause follows.</summary>
    public const string Select =
        $"""
        SELECT {Columns}
        FROM intake_event e {JoinStudy}
        """;

    /// <summary>How many <see cref="Columns"/> are; others may follow them.</summary>
    public const int ColumnCount = 23;

    /// <summary>The columns <see cref="Read"/> reads.</summary>
    public const string Columns =
        """
        e.event_id, e.study_id, e.priority, e.source_system, e.status,
        CASE WHEN e.status = s.status THEN s.urgency END,
        e.observation_id, e.observation_version,
        CASE WHEN e.status = s.status THEN s.report_id END,
        s.model_sha256,
        coalesce(e.reasons, CASE WHEN e.status = s.status THEN s.reasons END),
        CASE WHEN e.status = s.status THEN s.suggestions END,
        e.received_at, e.finished_at, e.attempts, e.published_at,
        s.status, s.priority, s.superseded_by, s.withdrawn_at, s.observation_id, s.observation_version, e.notice_owed
        """;

    /// <summary>Joins the study to an event.</summary>
    public const string JoinStudy = "LEFT JOIN study s ON s.id = e.study_id";

    public static async Task<LedgerEntry?> OneAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    public static async Task<IReadOnlyList<LedgerEntry>> ListAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var entries = new List<LedgerEntry>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            entries.Add(Read(reader));
        }

        return entries;
    }

    /// <summary>A value of a column that holds wire names.</summary>
    public static T Name<T>(NpgsqlDataReader reader, int column) where T : struct, Enum =>
        WireName.TryParse<T>(reader.GetString(column), out var value)
            ? value
            : throw new InvalidDataException($"The ledger holds an unknown {typeof(T).Name}.");

    /// <summary>The entry of a row that begins with <see cref="Columns"/>.</summary>
    public static LedgerEntry Read(NpgsqlDataReader reader) => new(
        reader.GetGuid(0),
        reader.IsDBNull(1) ? null : reader.GetGuid(1),
        Name<EventPriority>(reader, 2),
        reader.GetString(3),
        Name<StudyStatus>(reader, 4),
        reader.IsDBNull(5) ? null : Name<Urgency>(reader, 5),
        reader.IsDBNull(6) ? null : "Observation/" + reader.GetString(6),
        reader.IsDBNull(7) ? null : reader.GetInt32(7),
        reader.IsDBNull(8) ? null : "DiagnosticReport/" + reader.GetString(8),
        reader.IsDBNull(9) ? null : reader.GetString(9),
        List<Reason>(reader, 10),
        List<LedgerSuggestion>(reader, 11),
        reader.GetFieldValue<DateTimeOffset>(12),
        reader.IsDBNull(13) ? null : reader.GetFieldValue<DateTimeOffset>(13),
        reader.GetInt32(14),
        reader.IsDBNull(15) ? null : reader.GetFieldValue<DateTimeOffset>(15))
    {
        StudyState = reader.IsDBNull(16) ? null : Name<StudyStatus>(reader, 16),
        StudyPriority = reader.IsDBNull(17) ? null : Name<EventPriority>(reader, 17),
        SupersededBy = reader.IsDBNull(18) ? null : reader.GetGuid(18),
        WithdrawnAt = reader.IsDBNull(19) ? null : reader.GetFieldValue<DateTimeOffset>(19),
        StudyObservationId = reader.IsDBNull(20) ? null : reader.GetString(20),
        StudyObservationVersion = reader.IsDBNull(21) ? null : reader.GetInt32(21),
        NoticeOwed = reader.GetBoolean(22),
    };

    private static IReadOnlyList<T> List<T>(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column)
            ? []
            : JsonSerializer.Deserialize<IReadOnlyList<T>>(reader.GetFieldValue<byte[]>(column), ContractJson.Compact) ?? [];
}
