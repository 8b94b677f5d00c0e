using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Operations;
using EcgIntegration.TestKit;

namespace EcgIntegration.Persistence.Tests.Operations;

/// <summary>Figures are of all there is: each test has a database of its own.</summary>
public sealed class IntakeFiguresTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly MigratedDatabase _database = new(postgres);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _database.InitializeAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task An_empty_ledger_has_a_flow_of_nothing_for_each_priority()
    {
        var none = new RecentRate(0, 0, 0);

        Assert.Equal(
            [new IntakeFlow(EventPriority.Stat, none, none, 0, null), new IntakeFlow(EventPriority.Routine, none, none, 0, null)],
            await _database.Get<IIntakeFigures>().ReadAsync(Stop));
    }

    [Fact]
    public async Task Rates_are_means_per_minute_by_priority_and_what_waits_is_told_with_its_age()
    {
        var start = Ecgs.At;
        await ReceiveAsync(EventPriority.Stat, start);
        var finished = await ReceiveAsync(EventPriority.Routine, start.AddMinutes(1));
        for (var i = 0; i < 5; i++)
        {
            await ReceiveAsync(EventPriority.Stat, start.AddMinutes(12).AddSeconds(i + 1));
        }

        // Received long ago, finished just now.
        _database.Time.SetUtcNow(start.AddMinutes(16).AddSeconds(30));
        await _database.Ledger.CompleteAsync(finished, Ecgs.Completion(Ecgs.NewId()), Stop);
        await _database.Ledger.RejectAsync(Ecgs.Rejected(Guid.NewGuid(), [1]) with { ReceivedAt = start.AddMinutes(16).AddSeconds(30) }, Stop);
        _database.Time.SetUtcNow(start.AddMinutes(17));

        Assert.Equal(
            [
                new IntakeFlow(EventPriority.Stat, new(1, 6 / 5.0, 6 / 15.0), new(1, 1 / 5.0, 1 / 15.0), 6, start),
                new IntakeFlow(EventPriority.Routine, new(0, 0, 0), new(1, 1 / 5.0, 1 / 15.0), 0, null),
            ],
            await _database.Get<IIntakeFigures>().ReadAsync(Stop));
    }

    private async Task<Guid> ReceiveAsync(EventPriority priority, DateTimeOffset at)
    {
        var id = Ecgs.NewId();
        var study = Ecgs.Study(Ecgs.Observation(id), id) with { Priority = priority, ReceivedAt = at };
        return (await _database.Ledger.ReceiveAsync(study, Stop)).Entry.EventId;
    }
}
