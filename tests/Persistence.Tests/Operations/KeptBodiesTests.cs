using System.Security.Cryptography;
using EcgIntegration.Persistence.Operations;
using EcgIntegration.TestKit;

namespace EcgIntegration.Persistence.Tests.Operations;

public sealed class KeptBodiesTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly MigratedDatabase _database = new(postgres);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _database.InitializeAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300_000)]
    public async Task A_body_comes_back_as_it_came(int length)
    {
        var body = RandomNumberGenerator.GetBytes(length);
        var id = Guid.NewGuid();
        await _database.Ledger.RejectAsync(Ecgs.Rejected(id, body), Stop);

        var kept = await FindAsync(id);

        Assert.Equal((Convert.ToHexStringLower(SHA256.HashData(body)), length), (kept!.Sha256, kept.Length));
        Assert.Equal(body, kept.Body!.Value.ToArray());
    }

    [Fact]
    public async Task Of_one_that_was_too_long_hash_and_length_are_known()
    {
        var body = new byte[(1 << 20) + 1];
        var id = Guid.NewGuid();
        await _database.Ledger.RejectAsync(Ecgs.Rejected(id, body), Stop);

        Assert.Equal(new KeptBody(Convert.ToHexStringLower(SHA256.HashData(body)), body.Length, null), await FindAsync(id));
        Assert.Null(await FindAsync(Guid.NewGuid()));
    }

    [Fact]
    public async Task A_damaged_one_is_not_handed_out()
    {
        var id = Guid.NewGuid();
        await _database.Ledger.RejectAsync(Ecgs.Rejected(id, [1, 2, 3]), Stop);
        await _database.ExecuteAsync("ALTER TABLE rejected_input DISABLE TRIGGER no_change");
        await _database.ExecuteAsync("UPDATE rejected_input SET sha256 = decode(repeat('00', 32), 'hex') WHERE event_id = $1", id);

        await Assert.ThrowsAsync<InvalidDataException>(() => FindAsync(id));
    }

    private Task<KeptBody?> FindAsync(Guid eventId) => _database.Get<IKeptBodies>().FindAsync(eventId, Stop);
}
