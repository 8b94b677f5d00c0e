using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Search;
using Npgsql;
using NpgsqlTypes;

namespace EcgIntegration.Persistence.Seeding;

/// <summary>Rows of copies, by COPY: a hundred thousand studies are a matter of a minute or two.</summary>
internal static class SeedRows
{
    public static async Task CopyResourcesAsync(NpgsqlConnection connection, IEnumerable<ResourceWrite> writes, CancellationToken cancellationToken)
    {
        await using var rows = await connection.BeginBinaryImportAsync(
            """
            COPY resource (type, id, version, last_updated, source_system, content, content_hash, patient, patient_identifier,
                           status, priority, tokens, date, date_end, stamped, stamped_end, indexed)
            FROM STDIN (FORMAT binary)
            """,
            cancellationToken);
        foreach (var write in writes)
        {
            var fields = write.Fields;
            await rows.StartRowAsync(cancellationToken);
            await rows.WriteAsync(write.Resource.Type, cancellationToken);
            await rows.WriteAsync(write.Id, cancellationToken);
            await rows.WriteAsync(1, cancellationToken);
            await rows.WriteAsync(write.At.ToUniversalTime(), cancellationToken);
            await rows.WriteAsync(write.SourceSystem, cancellationToken);
            await rows.WriteAsync(write.Resource.Content, NpgsqlDbType.Jsonb, cancellationToken);
            await rows.WriteAsync(write.Resource.ContentHash, cancellationToken);
            await TextAsync(rows, fields.Patient, cancellationToken);
            await TextAsync(rows, fields.PatientIdentifier, cancellationToken);
            await TextAsync(rows, fields.Status, cancellationToken);
            await TextAsync(rows, fields.Priority, cancellationToken);
            await rows.WriteAsync(fields.Tokens, cancellationToken);
            await MomentAsync(rows, fields.Date?.From, cancellationToken);
            await MomentAsync(rows, fields.Date?.To, cancellationToken);
            await MomentAsync(rows, fields.Stamped?.From, cancellationToken);
            await MomentAsync(rows, fields.Stamped?.To, cancellationToken);
            await rows.WriteAsync(IndexEntry.Rules, cancellationToken);
        }

        await rows.CompleteAsync(cancellationToken);
    }

    public static async Task CopyWaveformsAsync(
        NpgsqlConnection connection, IEnumerable<(string EcgId, byte[] Samples)> waveforms, CancellationToken cancellationToken)
    {
        await using var rows = await connection.BeginBinaryImportAsync(
            "COPY waveform (type, id, version, samples_sha256) FROM STDIN (FORMAT binary)", cancellationToken);
        foreach (var (ecg, samples) in waveforms)
        {
            await rows.StartRowAsync(cancellationToken);
            await rows.WriteAsync("Observation", cancellationToken);
            await rows.WriteAsync(ecg, cancellationToken);
            await rows.WriteAsync(1, cancellationToken);
            await rows.WriteAsync(samples, cancellationToken);
        }

        await rows.CompleteAsync(cancellationToken);
    }

    public static async Task CopyStudiesAsync(
        NpgsqlConnection connection, IEnumerable<(SeedTemplate Template, SeedCopy Copy)> studies, CancellationToken cancellationToken)
    {
        await using var rows = await connection.BeginBinaryImportAsync(
            """
            COPY study (id, observation_key, input_sha256, model_sha256, run, priority, observation_id, observation_version, status, urgency,
                        reasons, suggestions, report_id, lineage, results, is_current, execution, created_at, finished_at)
            FROM STDIN (FORMAT binary)
            """,
            cancellationToken);
        foreach (var (template, copy) in studies)
        {
            var result = template.Completion;
            await rows.StartRowAsync(cancellationToken);
            await rows.WriteAsync(copy.StudyId, cancellationToken);
            await rows.WriteAsync(KeyOf(copy.EcgId), cancellationToken);
            await rows.WriteAsync(template.InputSha256, cancellationToken);
            await rows.WriteAsync(template.ModelSha256, cancellationToken);
            await rows.WriteAsync(0, cancellationToken);
            await rows.WriteAsync(WireName.Of(SeedPlaces.Priority), cancellationToken);
            await rows.WriteAsync(copy.EcgId, cancellationToken);
            await rows.WriteAsync(1, cancellationToken);
            await rows.WriteAsync(WireName.Of(result.Status), cancellationToken);
            await TextAsync(rows, result.Urgency is { } urgency ? WireName.Of(urgency) : null, cancellationToken);
            await JsonAsync(rows, result.Reasons, cancellationToken);
            await JsonAsync(rows, result.Suggestions, cancellationToken);
            await rows.WriteAsync(copy.ReportId, cancellationToken);
            await rows.WriteAsync($"Observation/{copy.EcgId}", cancellationToken);
            await rows.WriteAsync(copy.Results, cancellationToken);
            await rows.WriteAsync(true, cancellationToken);
            await JsonAsync(rows, result.Execution, cancellationToken);
            await rows.WriteAsync(copy.At.ToUniversalTime(), cancellationToken);
            await rows.WriteAsync(copy.At.AddSeconds(1).ToUniversalTime(), cancellationToken);
        }

        await rows.CompleteAsync(cancellationToken);
    }

    public static async Task CopyEventsAsync(
        NpgsqlConnection connection, IEnumerable<(SeedTemplate Template, SeedCopy Copy)> studies, CancellationToken cancellationToken)
    {
        await using var rows = await connection.BeginBinaryImportAsync(
            """
            COPY intake_event (event_id, study_id, source_system, priority, received_at, status, observation_id, observation_version,
                               attempts, finished_at, published_at)
            FROM STDIN (FORMAT binary)
            """,
            cancellationToken);
        foreach (var (template, copy) in studies)
        {
            var finished = copy.At.AddSeconds(1).ToUniversalTime();
            await rows.StartRowAsync(cancellationToken);
            await rows.WriteAsync(Guid.CreateVersion7(copy.At), cancellationToken);
            await rows.WriteAsync(copy.StudyId, cancellationToken);
            await rows.WriteAsync(SeedPlaces.Source, cancellationToken);
            await rows.WriteAsync(WireName.Of(SeedPlaces.Priority), cancellationToken);
            await rows.WriteAsync(copy.At.ToUniversalTime(), cancellationToken);
            await rows.WriteAsync(WireName.Of(template.Completion.Status), cancellationToken);
            await rows.WriteAsync(copy.EcgId, cancellationToken);
            await rows.WriteAsync(1, cancellationToken);
            await rows.WriteAsync(1, cancellationToken);
            await rows.WriteAsync(finished, cancellationToken);
            await rows.WriteAsync(finished, cancellationToken);
        }

        await rows.CompleteAsync(cancellationToken);
    }

    private static string KeyOf(string ecgId) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ecgId)));

    private static async Task TextAsync(NpgsqlBinaryImporter rows, string? text, CancellationToken cancellationToken)
    {
        if (text is null)
        {
            await rows.WriteNullAsync(cancellationToken);
            return;
        }

        await rows.WriteAsync(text, cancellationToken);
    }

    private static async Task MomentAsync(NpgsqlBinaryImporter rows, DateTimeOffset? moment, CancellationToken cancellationToken)
    {
        if (moment is null)
        {
            await rows.WriteNullAsync(cancellationToken);
            return;
        }

        await rows.WriteAsync(moment.Value.ToUniversalTime(), cancellationToken);
    }

    private static async Task JsonAsync<T>(NpgsqlBinaryImporter rows, T? value, CancellationToken cancellationToken) where T : class
    {
        if (value is null)
        {
            await rows.WriteNullAsync(cancellationToken);
            return;
        }

        await rows.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(value, ContractJson.Compact), NpgsqlDbType.Jsonb, cancellationToken);
    }
}
