using EcgIntegration.Persistence.Ledger;
using EcgIntegration.TestKit;

namespace EcgIntegration.Persistence.Tests.Ledger;

/// <summary>What lists show depends on all there is: each test has a database of its own.</summary>
public sealed class LedgerListTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly MigratedDatabase _database = new(postgres);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _database.InitializeAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task The_ledger_pages_by_key_and_stays_in_step_while_events_arrive()
    {
        for (var i = 0; i < 7; i++)
        {
            await _database.Ledger.RejectAsync(Ecgs.Rejected(Guid.NewGuid(), [1]) with { ReceivedAt = Ecgs.At.AddYears(1).AddSeconds(i / 2) }, Stop);
        }

        var before = (await _database.Ledger.RecentAsync(1000, null, Stop)).Select(e => e.EventId).ToList();
        var seen = new List<Guid>();
        LedgerCursor? cursor = null;
        while (await _database.Ledger.RecentAsync(2, cursor, Stop) is { Count: > 0 } page)
        {
            seen.AddRange(page.Select(e => e.EventId));
            cursor = page[^1].Cursor;
            await _database.Ledger.RejectAsync(Ecgs.Rejected(Guid.NewGuid(), [1]) with { ReceivedAt = Ecgs.At.AddYears(10) }, Stop);
        }

        Assert.Equal(before, seen);
    }
}
