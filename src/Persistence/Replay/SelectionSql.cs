using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using Npgsql;
using NpgsqlTypes;

namespace EcgIntegration.Persistence.Replay;

/// <summary>
/// A selection as a query, all values as parameters: a condition that is not asked for is not in the text, so that each
/// query uses the index it needs.
/// </summary>
internal sealed class SelectionSql
{
    private readonly NpgsqlCommand _command;
    private readonly ReplaySelection _selection;

    private SelectionSql(NpgsqlCommand command, ReplaySelection selection)
    {
        _command = command;
        _selection = selection;
    }

    /// <summary>True where events that were never read as an ECG can be among those selected.</summary>
    private bool TakesUnread =>
        _selection is { Patient: null, Urgency: null, Label: null, FromModel: null, Status: null or StudyStatus.Rejected or StudyStatus.Failed };

    private bool OfEcgsToo => _selection.Status is not null || _selection.Reason is not null;

    /// <summary>
    /// The query for <c>source_event_id, observation_id, received_at, status, urgency</c>, without order; its parameters are
    /// added to the command's.
    /// </summary>
    public static string Build(NpgsqlCommand command, ReplaySelection selection)
    {
        var sql = new SelectionSql(command, selection);
        return sql.TakesUnread ? $"({sql.Ecgs()}) UNION ALL ({sql.Unread()})" : sql.Ecgs();
    }

    /// <summary>
    /// ECGs by what they show: the current study, or one that failed and was not overtaken; each by its newest event. One plain
    /// join, so that the planner can begin with whichever condition leaves the fewest.
    /// </summary>
    private string Ecgs() =>
        $"""
        SELECT DISTINCT ON (s.observation_id) e.event_id AS source_event_id, s.observation_id, e.received_at, s.status, s.urgency
        FROM study s
        JOIN intake_event e ON e.observation_id = s.observation_id AND e.observation_id IS NOT NULL AND e.study_id IS NOT NULL
        WHERE {ShownStudies.Condition} {OfEvent()} {OfStudy()} {OfPatient()}
          AND NOT EXISTS (SELECT 1 FROM replay_item i WHERE i.event_id = e.event_id AND i.observation_id IS NOT NULL)
        ORDER BY s.observation_id, s.observation_version DESC, s.is_current DESC, s.finished_at DESC, e.received_at DESC, e.event_id DESC
        """;

    /// <summary>
    /// Events whose body, or the ECG that a client stored, is all there is of them, unless a replay has made a study of it; and,
    /// where it is asked for what an event ended in, those that took an ECG back, which counts by itself elsewhere.
    /// </summary>
    private string Unread() =>
        $"""
        SELECT e.event_id, NULL, e.received_at, e.status, NULL
        FROM intake_event e
        WHERE e.study_id IS NULL AND e.status IN ('rejected', 'failed') {OfEvent()} {OfUnread()}
          AND (e.observation_id IS NULL {(OfEcgsToo ? "OR e.status = 'rejected'" : "")}
            OR e.status = 'failed' AND NOT EXISTS (
              SELECT 1 FROM study s WHERE s.observation_id = e.observation_id AND s.observation_version >= e.observation_version))
          AND NOT EXISTS (SELECT 1 FROM replay_item i WHERE i.source_event_id = e.event_id AND i.written AND i.observation_id IS NULL)
          AND NOT EXISTS (SELECT 1 FROM replay_item i WHERE i.event_id = e.event_id)
        """;

    private string OfEvent() => string.Concat(
        If(_selection.ReceivedFrom, at => $"AND e.received_at >= {Time(at)} "),
        If(_selection.ReceivedBefore, at => $"AND e.received_at < {Time(at)} "),
        If(_selection.SourceSystem, source => $"AND e.source_system = {Text(source)} "));

    private string OfUnread() => string.Concat(
        If(_selection.Status, status => $"AND e.status = {Text(WireName.Of(status))} "),
        If(_selection.Reason, reason => $"AND e.reasons @> {Coded(reason)} "));

    private string OfStudy() => string.Concat(
        If(_selection.Status, status => $"AND s.status = {Text(WireName.Of(status))} "),
        If(_selection.Urgency, urgency => $"AND s.urgency = {Text(WireName.Of(urgency))} "),
        If(_selection.Label, label => $"AND s.suggestions @> {Coded(label)} "),
        If(_selection.FromModel, model => $"AND s.model_sha256 >= {Text(model)} AND s.model_sha256 < {Text(model + "g")} "),
        If(_selection.Reason, reason => $"AND s.reasons @> {Coded(reason)} "));

    private string OfPatient() => If(
        _selection.Patient,
        patient => $"""
            AND s.observation_id IN (
              SELECT o.id FROM resource o WHERE o.type = 'Observation' AND o.{(_selection.ByIdentifier ? "patient_identifier" : "patient")} = {Text(patient)})
            """);

    private static string If<T>(T? value, Func<T, string> clause) where T : struct => value is { } given ? clause(given) : "";

    private static string If(string? value, Func<string, string> clause) => value is null ? "" : clause(value);

    private string Time(DateTimeOffset moment) => Place(_command.WithTime(moment));

    private string Text(string text) => Place(_command.WithText(text));

    private string Coded(string code)
    {
        _command.Parameters.Add(new NpgsqlParameter<byte[]>
        {
            TypedValue = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new[] { new { code } }),
            NpgsqlDbType = NpgsqlDbType.Jsonb,
        });
        return Place(_command);
    }

    private static string Place(NpgsqlCommand command) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"${command.Parameters.Count}");
}
