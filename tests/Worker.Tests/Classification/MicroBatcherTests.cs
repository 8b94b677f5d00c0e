using System.Collections.Concurrent;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EcgIntegration.Worker.Tests.Classification;

public sealed class MicroBatcherTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(6);

    private readonly CountingTime _time = new();
    private readonly ConcurrentQueue<int[]> _batches = new();

    [Fact]
    public async Task A_full_batch_runs_without_waiting()
    {
        await using var batcher = Batcher(Square, maxBatch: 3);

        var results = await Task.WhenAll(Submit(batcher, 1, 2, 3)).Soon();

        Assert.Equal([1, 4, 9], results);
        Assert.Equal([1, 2, 3], Assert.Single(_batches).Order());
    }

    [Fact]
    public async Task An_item_alone_waits_for_the_deadline_and_no_longer()
    {
        await using var batcher = Batcher(Square, maxBatch: 3);

        var result = batcher.SubmitAsync(7, CancellationToken.None);
        await Waiting.Until(() => _time.Timers == 1);
        _time.Advance(Delay - TimeSpan.FromTicks(1));
        Assert.False(result.IsCompleted);
        Assert.Empty(_batches);

        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(49, await result.Soon());
    }

    [Fact]
    public async Task The_deadline_counts_from_the_first_item()
    {
        await using var batcher = Batcher(Square, maxBatch: 3);

        var first = batcher.SubmitAsync(1, CancellationToken.None);
        await Waiting.Until(() => _time.Timers == 1);
        _time.Advance(Delay / 2);
        var second = batcher.SubmitAsync(2, CancellationToken.None);
        await Waiting.Until(() => _time.Timers == 2);
        _time.Advance(Delay / 2);

        int[] results = await Task.WhenAll(first, second).Soon();
        Assert.Equal([1, 4], results);
        Assert.Equal([1, 2], Assert.Single(_batches));
    }

    [Fact]
    public async Task A_poisoned_item_fails_alone()
    {
        await using var batcher = Batcher(
            items => items.Contains(3) ? throw new InvalidOperationException("poison") : Square(items), maxBatch: 4);

        var tasks = Submit(batcher, 1, 2, 3, 4);

        Assert.Equal("poison", (await Assert.ThrowsAsync<InvalidOperationException>(() => tasks[2].Soon())).Message);
        int[] results = await Task.WhenAll(tasks[0], tasks[1], tasks[3]).Soon();
        Assert.Equal([1, 4, 16], results);
    }

    [Fact]
    public async Task An_item_may_fault_within_a_batch_that_works()
    {
        await using var batcher = Batcher(
            items => [.. items.Select(item => item == 2 ? (ItemOutcome<int>)new ArithmeticException() : item)], maxBatch: 2);

        var tasks = Submit(batcher, 1, 2);

        Assert.Equal(1, await tasks[0].Soon());
        await Assert.ThrowsAsync<ArithmeticException>(() => tasks[1].Soon());
        Assert.Single(_batches);
    }

    [Fact]
    public async Task A_batch_with_a_result_too_few_is_never_handed_out()
    {
        await using var batcher = Batcher(items => [.. Square(items).Skip(1)], maxBatch: 2);

        foreach (var task in Submit(batcher, 1, 2))
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => task.Soon());
        }
    }

    [Fact]
    public async Task A_waiter_that_gives_up_does_not_disturb_the_others()
    {
        await using var batcher = Batcher(Square, maxBatch: 3);
        using var giveUp = new CancellationTokenSource();

        var first = batcher.SubmitAsync(1, CancellationToken.None);
        var second = batcher.SubmitAsync(2, giveUp.Token);
        await Waiting.Until(() => batcher.Waiting == 0 && _time.Timers > 0);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.Soon());
        Assert.False(first.IsCompleted);

        var third = batcher.SubmitAsync(3, CancellationToken.None);
        int[] results = await Task.WhenAll(first, third).Soon();
        Assert.Equal([1, 9], results);
        Assert.Equal([1, 3], Assert.Single(_batches));
    }

    [Fact]
    public async Task An_item_that_runs_cannot_be_given_up_while_it_is_in_use()
    {
        var gate = new TaskCompletionSource();
        await using var batcher = new MicroBatcher<int, int>(
            async (items, _) =>
            {
                _batches.Enqueue([.. items]);
                await gate.Task;
                return Square(items);
            },
            1, Delay, 8, _time, NullLogger.Instance);
        using var giveUp = new CancellationTokenSource();

        var result = batcher.SubmitAsync(5, giveUp.Token);
        await Waiting.Until(() => !_batches.IsEmpty);
        await giveUp.CancelAsync();
        Assert.False(result.IsCompleted);

        gate.SetResult();
        Assert.Equal(25, await result.Soon());
    }

    [Fact]
    public async Task Beyond_its_capacity_it_makes_callers_wait()
    {
        var gate = new TaskCompletionSource();
        await using var batcher = Gated(gate, capacity: 2);
        using var giveUp = new CancellationTokenSource();

        var running = batcher.SubmitAsync(1, CancellationToken.None);
        await Waiting.Until(() => !_batches.IsEmpty);
        var queued = Submit(batcher, 2, 3);
        var refused = batcher.SubmitAsync(4, giveUp.Token);
        var late = batcher.SubmitAsync(5, CancellationToken.None);
        Assert.Equal(2, batcher.Waiting);

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => refused.Soon());
        gate.SetResult();
        int[] results = await Task.WhenAll([running, .. queued, late]).Soon();
        Assert.Equal([1, 4, 9, 25], results);
        Assert.DoesNotContain(_batches, batch => batch.Contains(4));
    }

    [Fact]
    public async Task Shutdown_finishes_what_was_accepted_and_refuses_the_rest()
    {
        var gate = new TaskCompletionSource();
        await using var batcher = Gated(gate, capacity: 8);

        var accepted = Submit(batcher, 1, 2, 3);
        await Waiting.Until(() => !_batches.IsEmpty);
        var stop = batcher.StopAsync(CancellationToken.None);
        await Assert.ThrowsAsync<ClassifierStoppingException>(() => batcher.SubmitAsync(4, CancellationToken.None).Soon());
        Assert.False(stop.IsCompleted);

        gate.SetResult();
        int[] results = await Task.WhenAll(accepted).Soon();
        Assert.Equal([1, 4, 9], results);
        await stop.Soon();
    }

    [Fact]
    public async Task Shutdown_does_not_wait_for_companions()
    {
        await using var batcher = Batcher(Square, maxBatch: 3);
        var lonely = batcher.SubmitAsync(6, CancellationToken.None);
        await Waiting.Until(() => batcher.Waiting == 0);

        await batcher.StopAsync(CancellationToken.None).Soon();

        Assert.Equal(36, await lonely.Soon());
    }

    [Fact]
    public async Task Where_shutdown_runs_out_of_time_the_remainder_is_refused()
    {
        var gate = new TaskCompletionSource();
        await using var batcher = Gated(gate, capacity: 8);
        using var outOfTime = new CancellationTokenSource();

        var running = batcher.SubmitAsync(1, CancellationToken.None);
        await Waiting.Until(() => !_batches.IsEmpty);
        var queued = batcher.SubmitAsync(2, CancellationToken.None);
        var stop = batcher.StopAsync(outOfTime.Token);
        await outOfTime.CancelAsync();
        gate.SetResult();

        await stop.Soon();
        Assert.Equal(1, await running.Soon());
        await Assert.ThrowsAsync<ClassifierStoppingException>(() => queued.Soon());
    }

    private static ItemOutcome<int>[] Square(IReadOnlyList<int> items) => [.. items.Select(item => (ItemOutcome<int>)(item * item))];

    private static Task<int>[] Submit(MicroBatcher<int, int> batcher, params int[] items) =>
        [.. items.Select(item => batcher.SubmitAsync(item, CancellationToken.None))];

    private MicroBatcher<int, int> Batcher(Func<IReadOnlyList<int>, ItemOutcome<int>[]> run, int maxBatch) => new(
        (items, _) =>
        {
            _batches.Enqueue([.. items]);
            return new(run(items));
        },
        maxBatch, Delay, 64, _time, NullLogger.Instance);

    private MicroBatcher<int, int> Gated(TaskCompletionSource gate, int capacity) => new(
        async (items, _) =>
        {
            _batches.Enqueue([.. items]);
            await gate.Task;
            return Square(items);
        },
        1, Delay, capacity, _time, NullLogger.Instance);

    /// <summary>Says how many timers were started, so that a test moves the clock after the batcher has set its own.</summary>
    private sealed class CountingTime : FakeTimeProvider
    {
        private int _timers;

        public int Timers => Volatile.Read(ref _timers);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Interlocked.Increment(ref _timers);
            return timer;
        }
    }
}
