using System.Security.Cryptography;
using EcgIntegration.Persistence.Operations;
using EcgIntegration.Persistence.Waveforms;

namespace EcgIntegration.Fuzz.Targets;

/// <summary>Kept bodies that a disk has spoiled: the body as it came, or <see cref="InvalidDataException"/>; never another.</summary>
internal sealed class KeptBodyTarget : FuzzTarget
{
    private readonly byte[] _body = SeedEcgs.SmallEvents[0];
    private readonly byte[] _hash;

    public KeptBodyTarget()
        : base("kept-body")
    {
        _hash = SHA256.HashData(_body);
        using var compressed = TokenCompression.Compress(_body);
        Seeds = [compressed.Written.ToArray()];
    }

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override string Run(byte[] input)
    {
        try
        {
            Require(PostgresKeptBodies.Restore(input, _body.Length, _hash).AsSpan().SequenceEqual(_body), "Another body came back.");
            return "restored";
        }
        catch (InvalidDataException e)
        {
            return e.Message.Contains("hash", StringComparison.Ordinal) ? "other-hash" : "damaged";
        }
    }
}
