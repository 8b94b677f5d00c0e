using Npgsql;
using NpgsqlTypes;

namespace EcgIntegration.Persistence.Resources;

/// <summary>Writes prepared resources on a connection whose transaction is the caller's.</summary>
internal static class ResourceWriter
{
    private const short Encoding = 1;

    private const string InsertSql =
        """
        WITH stored AS (
          INSERT INTO resource (type, id, version, last_updated, source_system, content, content_hash,
                                patient, patient_identifier, codes, date, status, derived_from, device, priority)
          VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
          ON CONFLICT (type, id) DO NOTHING
          RETURNING version),
        samples AS (
          INSERT INTO waveform (type, id, version, encoding, samples, raw_length)
          SELECT $1, $2, version, $15, $16, $17 FROM stored WHERE $16 IS NOT NULL)
        SELECT version FROM stored
        """;

    /// <summary>The sender stays who it was, and a patient once known stays known.</summary>
    private const string UpdateSql =
        """
        WITH stored AS (
          UPDATE resource SET version = version + 1, last_updated = $3, content = $5, content_hash = $6,
            patient = coalesce($7, patient), patient_identifier = coalesce($8, patient_identifier),
            codes = $9, date = $10, status = $11, derived_from = $12, device = $13, priority = $14
          WHERE type = $1 AND id = $2 AND source_system = $4
          RETURNING version),
        samples AS (
          INSERT INTO waveform (type, id, version, encoding, samples, raw_length)
          SELECT $1, $2, version, $15, $16, $17 FROM stored WHERE $16 IS NOT NULL)
        SELECT version FROM stored
        """;

    /// <summary>Stores version 1, unless the id is held.</summary>
    /// <returns>False where the id is held, also by a transaction that has committed meanwhile.</returns>
    public static async Task<bool> TryInsertAsync(NpgsqlConnection connection, ResourceWrite write, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(InsertSql, connection);
        AddParameters(command.Parameters, write);
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
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
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        foreach (var write in writes)
        {
            if (!await reader.ReadAsync(cancellationToken))
            {
                held.Add(write);
            }

            await reader.NextResultAsync(cancellationToken);
        }

        return held;
    }

    /// <summary>Stores the next version of a resource that <see cref="LockAsync"/> has found with the same sender.</summary>
    /// <returns>The version.</returns>
    public static async Task<int> UpdateAsync(NpgsqlConnection connection, ResourceWrite write, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(UpdateSql, connection);
        AddParameters(command.Parameters, write);
        return await command.ExecuteScalarAsync(cancellationToken) as int?
            ?? throw new InvalidOperationException("A resource is held by another sender: it gets no new version from this one.");
    }

    /// <summary>Locks the current version until the transaction ends, and says whose it is.</summary>
    public static async Task<ResourceHolder?> LockAsync(NpgsqlConnection connection, string type, string id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT version, source_system, patient, patient_identifier, content_hash FROM resource WHERE type = $1 AND id = $2 FOR UPDATE",
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
                reader.GetFieldValue<byte[]>(4))
            : null;
    }

    private static void AddParameters(NpgsqlParameterCollection parameters, ResourceWrite write)
    {
        var fields = write.Resource.Fields;
        parameters.Add(new NpgsqlParameter<string> { TypedValue = write.Resource.Type });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = write.Id });
        parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = write.At.ToUniversalTime() });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = write.SourceSystem });
        parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = write.Resource.Content, NpgsqlDbType = NpgsqlDbType.Jsonb });
        parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = write.Resource.ContentHash });
        parameters.Add(OptionalText(fields.Patient));
        parameters.Add(OptionalText(fields.PatientIdentifier));
        parameters.Add(new NpgsqlParameter<string[]> { TypedValue = fields.Codes });
        parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = (fields.Date ?? write.At).ToUniversalTime() });
        parameters.Add(OptionalText(fields.Status));
        parameters.Add(new NpgsqlParameter<string[]> { TypedValue = fields.DerivedFrom });
        parameters.Add(OptionalText(fields.Device));
        parameters.Add(OptionalText(fields.Priority));
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
internal sealed record ResourceWrite(PreparedResource Resource, string Id, string SourceSystem, DateTimeOffset At);

/// <summary>Whose a stored resource is.</summary>
internal sealed record ResourceHolder(int Version, string SourceSystem, string? Patient, string? PatientIdentifier, byte[] ContentHash)
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
