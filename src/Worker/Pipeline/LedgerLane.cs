using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;

namespace EcgIntegration.Worker.Pipeline;

/// <summary>
/// Takes due events of one priority from the ledger, as many at once as it has room for, and no more than it can begin: what
/// it leases and does not reach would be another worker's to take up. Each priority has a lane of its own, so that stat ECGs never
/// wait for routine ones.
/// </summary>
/// <param name="priority">The priority.</param>
/// <param name="width">Events in work at once.</param>
/// <param name="lease">Moves due events out of others' reach; given how many.</param>
/// <param name="work">What is done with one; its faults are its own.</param>
/// <param name="signal">Says that something is due.</param>
/// <param name="time">Clock.</param>
internal sealed class LedgerLane(
    EventPriority priority,
    int width,
    Func<EventPriority, int, CancellationToken, Task<IReadOnlyList<LedgerEntry>>> lease,
    Func<LedgerEntry, CancellationToken, Task> work,
    LedgerSignal signal,
    TimeProvider time)
{
    /// <summary>How long the ledger is left alone where nothing is signalled: others write to it too.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Runs until cancelled, and until what it has begun is at its end.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var room = new SemaphoreSlim(width);
        try
        {
            while (true)
            {
                await FillAsync(room, cancellationToken);
            }
        }
        finally
        {
            for (var i = 0; i < width; i++)
            {
                await room.WaitAsync(CancellationToken.None);
            }
        }
    }

    private async Task FillAsync(SemaphoreSlim room, CancellationToken cancellationToken)
    {
        await room.WaitAsync(cancellationToken);
        var free = 1;
        while (free < width && await room.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            free++;
        }

        var next = signal.Next;
        IReadOnlyList<LedgerEntry> leased = [];
        try
        {
            leased = await lease(priority, free, cancellationToken);
        }
        finally
        {
            if (free > leased.Count)
            {
                room.Release(free - leased.Count);
            }
        }

        foreach (var entry in leased)
        {
            _ = BeginAsync(entry, room, cancellationToken);
        }

        if (leased.Count < free)
        {
            await Task.WhenAny(next, Task.Delay(Pause, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async Task BeginAsync(LedgerEntry entry, SemaphoreSlim room, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            await work(entry, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The lease runs out, and whoever is there then takes it up.
        }
        finally
        {
            room.Release();
        }
    }
}
