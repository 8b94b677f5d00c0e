using EcgIntegration.Persistence.Waveforms;
using Npgsql;

namespace EcgIntegration.Persistence.Resources;

/// <summary>Reads versions of resources from rows that begin with the columns named here.</summary>
internal static class ResourceRows
{
    /// <summary>Of a resource or its history, <c>r</c>, with its samples.</summary>
    public const string Columns = $"{Bare}, w.samples, w.raw_length";

    /// <summary>The same columns where samples are not wanted: the waveforms' table is not read.</summary>
    public const string ColumnsWithoutSamples = $"{Bare}, NULL::bytea AS samples, NULL::integer AS raw_length";

    /// <summary>Joins the samples to <c>r</c>.</summary>
    public const string JoinSamples = "LEFT JOIN waveform w ON w.type = r.type AND w.id = r.id AND w.version = r.version";

    /// <summary>How many columns these are; what else a statement selects comes after them.</summary>
    public const int Count = 9;

    private const string Bare = "r.type, r.id, r.version, r.last_updated, r.patient, r.content, r.deleted";

    /// <summary>The resource of the row the reader stands on.</summary>
    public static StoredResource Read(NpgsqlDataReader reader)
    {
        var identity = new ResourceIdentity(
            reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetFieldValue<DateTimeOffset>(3));
        var content = reader.GetFieldValue<byte[]>(5);
        using var tokens = reader.IsDBNull(7)
            ? null
            : TokenCompression.Decompress(reader.GetFieldValue<byte[]>(7), reader.GetInt32(8));
        // Samples come back as text about ten times as long as the tokens are compressed, four times as they are.
        using var whole = new PooledBuffer(content.Length + (4 * (tokens?.Written.Length ?? 0)) + 512);
        ResourceRenderer.Render(content, tokens?.Written ?? default, identity, whole);
        var patient = reader.IsDBNull(4) ? null : reader.GetString(4);
        return new StoredResource(identity.Type, identity.Id, identity.Version, identity.LastUpdated, patient, whole.Written.ToArray())
        {
            Deleted = reader.GetBoolean(6),
        };
    }
}
