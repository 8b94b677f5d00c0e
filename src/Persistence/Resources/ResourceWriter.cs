using System.Security.Cryptography;
using EcgIntegration.Persistence.Search;
using Npgsql;
using NpgsqlTypes;

namespace EcgIntegration.Persistence.Resources;

/// <summary>Writes prepared resources on a connection whose transaction is the caller's.</summary>
internal static class ResourceWriter
{
    private const short Encoding = 1;

    /// <summary>What a deletion stores in the place of the content, and its hash: that of no resource.</summary>
    private static readonly byte[] DeletedHash = SHA256.HashData("deleted"u8);

    private const string SamplesAndVersion =
        """
        samples AS (
          INSERT INTO waveform (type, id, version, encoding, samples, raw_length)
          SELECT $1, $2, version, $17, $18, $19 FROM stored WHERE $18 IS NOT NULL)
        SELECT version FROM stored
        """;

    private const string InsertSql =
        $"""
        WITH stored AS (
          INSERT INTO resource (type, id, version, last_updated, source_system, content, content_hash, patient, patient_identifier,
                                status, priority, tokens, date, date_end, stamped, stamped_end, indexed)
          VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
          ON CONFLICT (type, id) DO NOTHING
          RETURNING version),
        {SamplesAndVersion}
        """;

    /// <summary>The sender stays who it was, and a patient once known stays known.</summary>
    private const string UpdateSql =
        $"""
        WITH stored AS (
          UPDATE resource SET version = version + 1, last_updated = $3, content = $5, content_hash = $6,
            patient = coalesce($7, patient), patient_identifier = coalesce($8, patient_identifier),
            status = $9, priority = $10, tokens = $11, date = $12, date_end = $13, stamped = $14, stamped_end = $15,
            indexed = $16, deleted = false
          WHERE type = $1 AND id = $2 AND source_system = $4
          RETURNING version),
        {SamplesAndVersion}
        """;

    private const string DeleteSql =
        """
        UPDATE resource SET version = version + 1, last_updated = $3, content = jsonb_build_object('resourceType', type), content_hash = $4,
          status = NULL, priority = NULL, tokens = '{}', date = NULL, date_end = NULL, stamped = NULL, stamped_end = NULL,
          indexed = $5, deleted = true
        WHERE type = $1 AND id = $2 AND NOT deleted
        RETURNING version
        """;

    /// <summary>Stores version 1, unless the id is held.</summary>
    /// <returns>False where the id is held, also by a transaction that has committed meanwhile.</returns>
    public static async Task<bool> TryInsertAsync(NpgsqlConnection connection, ResourceWrite write, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(InsertSql, connection);
        AddParameters(command.Parameters, write);
        if (await command.ExecuteScalarAsync(cancellationToken) is null)
        {
            return false;
        }

        await ResourceTexts.InsertAsync(connection, write, cancellationToken);
        return true;
    }

    /// <summary>Stores version 1 of each in one round trip.</summary>
    /// <returns>Those whose id is held, for which nothing was written.</returns>
    public static async Task<IReadOnlyList<ResourceWrite>> InsertAsync(
        NpgsqlConnection connection, IReadOnlyList<ResourceWrite> writes, CancellationToken cancellationToken)
    {
        if (writes.Count == 0)
        {
            return [];
        }

        await using var batch = new NpgsqlBatch(connection);
        foreach (var write in writes)
        {
            var command = new NpgsqlBatchCommand(InsertSql);
            AddParameters(command.Parameters, write);
            batch.BatchCommands.Add(command);
        }

        var held = new List<ResourceWrite>();
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            foreach (var write in writes)
            {
                if (!await reader.ReadAsync(cancellationToken))
                {
                    held.Add(write);
                }

                await reader.NextResultAsync(cancellationToken);
            }
        }

        foreach (var write in writes.Except(held))
        {
            await ResourceTexts.InsertAsync(connection, write, cancellationToken);
        }

        return held;
    }

    /// <summary>Stores the next version of a resource that <see cref="LockAsync"/> has found with the same sender.</summary>
    /// <returns>The version.</returns>
    public static async Task<int> UpdateAsync(NpgsqlConnection connection, ResourceWrite write, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(UpdateSql, connection);
        AddParameters(command.Parameters, write);
        var version = await command.ExecuteScalarAsync(cancellationToken) as int?
            ?? throw new InvalidOperationException("A resource is held by another sender: it gets no new version from this one.");
        await ResourceTexts.ReplaceAsync(connection, write, cancellationToken);
        return version;
    }

    /// <summary>Stores a deletion as the next version: the resource stays in its history, and is found by no search.</summary>
    /// <returns>The version; <see langword="null"/> where nothing is stored, or is deleted already.</returns>
    public static async Task<int?> DeleteAsync(
        NpgsqlConnection connection, string type, string id, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(DeleteSql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = type });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = at.ToUniversalTime() });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = DeletedHash });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = IndexEntry.Rules });
        var version = await command.ExecuteScalarAsync(cancellationToken) as int?;
        if (version is not null)
        {
            await ResourceTexts.RemoveAsync(connection, type, id, cancellationToken);
        }

        return version;
    }

    /// <summary>Locks the current version until the transaction ends, and says whose it is.</summary>
    public static async Task<ResourceHolder?> LockAsync(NpgsqlConnection connection, string type, string id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT version, source_system, patient, patient_identifier, content_hash, deleted FROM resource WHERE type = $1 AND id = $2 FOR UPDATE",
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = type });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new ResourceHolder(
                reader.GetInt32(0),
                reader.GetString(1),
                reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.GetFieldValue<byte[]>(4),
                reader.GetBoolean(5))
            : null;
    }

    private static void AddParameters(NpgsqlParameterCollection parameters, ResourceWrite write)
    {
        var fields = write.Fields;
        parameters.Add(new NpgsqlParameter<string> { TypedValue = write.Resource.Type });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = write.Id });
        parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = write.At.ToUniversalTime() });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = write.SourceSystem });
        parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = write.Resource.Content, NpgsqlDbType = NpgsqlDbType.Jsonb });
        parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = write.Resource.ContentHash });
        parameters.Add(OptionalText(fields.Patient));
        IndexParameters.Add(parameters, fields);
        parameters.Add(new NpgsqlParameter<short> { TypedValue = Encoding });
        parameters.Add(write.Resource.Samples is { } samples
            ? new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = samples, NpgsqlDbType = NpgsqlDbType.Bytea }
            : new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea });
        parameters.Add(new NpgsqlParameter<int> { TypedValue = write.Resource.TokensLength });
    }

    private static NpgsqlParameter<string?> OptionalText(string? text) => new() { TypedValue = text, NpgsqlDbType = NpgsqlDbType.Text };
}

/// <summary>One resource to write.</summary>
/// <param name="Resource">The resource; its owner keeps it.</param>
/// <param name="Id">The id it gets.</param>
/// <param name="SourceSystem">Who sent it; empty for what this system writes.</param>
/// <param name="At">The time of this version.</param>
internal sealed record ResourceWrite(PreparedResource Resource, string Id, string SourceSystem, DateTimeOffset At)
{
    /// <summary>The resource whose patient it is about, where it cannot name one itself.</summary>
    public IndexEntry? About { get; init; }

    /// <summary>What it is found by. A Patient is its own.</summary>
    public IndexEntry Fields => Resource.Type == "Patient"
        ? Resource.Fields with { Patient = $"Patient/{Id}" }
        : Resource.Fields.About(About?.Patient, About?.PatientIdentifier);
}

/// <summary>Whose a stored resource is.</summary>
internal sealed record ResourceHolder(int Version, string SourceSystem, string? Patient, string? PatientIdentifier, byte[] ContentHash, bool Deleted)
{
    /// <summary>
    /// Whether a resource from a sender is another state of this one: same sender, same patient, and nothing that contradicts
    /// that. Where neither names a patient, only the very same content is taken for the same.
    /// </summary>
    public bool IsSame(string sourceSystem, PreparedResource other)
    {
        var fields = other.Fields;
        if (SourceSystem != sourceSystem || (PatientIdentifier ?? fields.PatientIdentifier) != (fields.PatientIdentifier ?? PatientIdentifier))
        {
            return false;
        }

        return (Patient, fields.Patient) switch
        {
            (not null, not null) => Patient == fields.Patient,
            _ when PatientIdentifier is not null && fields.PatientIdentifier is not null => true,
            _ => HasContent(other),
        };
    }

    /// <summary>Whether the stored content is that of a resource.</summary>
    public bool HasContent(PreparedResource other) => ContentHash.AsSpan().SequenceEqual(other.ContentHash);
}
