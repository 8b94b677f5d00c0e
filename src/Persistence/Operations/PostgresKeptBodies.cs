using System.Security.Cryptography;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Waveforms;
using Npgsql;

namespace EcgIntegration.Persistence.Operations;

/// <inheritdoc cref="IKeptBodies"/>
internal sealed class PostgresKeptBodies(NpgsqlDataSource database) : IKeptBodies
{
    public async Task<KeptBody?> FindAsync(Guid eventId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT sha256, length, body FROM rejected_input WHERE event_id = $1").With(eventId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var sha256 = reader.GetFieldValue<byte[]>(0);
        var length = reader.GetInt32(1);
        ReadOnlyMemory<byte>? body = null;
        if (!reader.IsDBNull(2))
        {
            body = Restore(reader.GetFieldValue<byte[]>(2), length, sha256);
        }

        return new KeptBody(Convert.ToHexStringLower(sha256), length, body);
    }

    /// <summary>The body as it came.</summary>
    /// <exception cref="InvalidDataException">What is stored is damaged.</exception>
    internal static byte[] Restore(byte[] compressed, int length, byte[] sha256)
    {
        using var body = TokenCompression.Decompress(compressed, length);
        return SHA256.HashData(body.Written.Span).AsSpan().SequenceEqual(sha256)
            ? body.Written.ToArray()
            : throw new InvalidDataException("A kept body is damaged: it does not have the hash it came with.");
    }
}
