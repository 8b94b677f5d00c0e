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

    [Fact]
    public async Task A_foreground_item_waits_for_the_batch_that_runs_and_for_no_other()
    {
        using var step = new SemaphoreSlim(0);
        await using var batcher = Stepped(step, maxBatch: 2);

        var background = Submit(batcher, WindowPriority.Background, 1, 2, 3, 4, 5, 6);
        await Waiting.Until(() => !_batches.IsEmpty);
        var foreground = Submit(batcher, WindowPriority.Foreground, 7, 8);
        step.Release(2);

        int[] results = await Task.WhenAll(foreground).Soon();
        Assert.Equal([49, 64], results);
        Assert.Equal([[1, 2], [7, 8]], _batches.Take(2));

        step.Release(2);
        results = await Task.WhenAll(background).Soon();
        Assert.Equal([1, 4, 9, 16, 25, 36], results);
        Assert.Equal(4, _batches.Count);
    }

    [Fact]
    public async Task Background_batches_can_be_kept_smaller_than_foreground_ones()
    {
        using var step = new SemaphoreSlim(0);
        await using var batcher = Stepped(step, maxBatch: 4, maxBackgroundBatch: 2);
        var running = batcher.SubmitAsync(1, CancellationToken.None);
        await Waiting.Until(() => !_batches.IsEmpty);

        var background = Submit(batcher, WindowPriority.Background, 2, 3, 4, 5);
        var foreground = Submit(batcher, WindowPriority.Foreground, 6, 7, 8, 9);
        step.Release(4);

        await Task.WhenAll([running, .. background, .. foreground]).Soon();
        Assert.Equal([[1], [6, 7, 8, 9], [2, 3], [4, 5]], _batches);
    }

    [Fact]
    public async Task A_background_item_does_not_start_while_a_foreground_item_waits_for_companions()
    {
        await using var batcher = Batcher(Square, maxBatch: 2);

        var foreground = batcher.SubmitAsync(1, CancellationToken.None);
        await Waiting.Until(() => _time.Timers == 1);
        var background = Submit(batcher, WindowPriority.Background, 2, 3);
        await Waiting.Until(() => _time.Timers == 2);
        Assert.Empty(_batches);

        _time.Advance(Delay);
        Assert.Equal(1, await foreground.Soon());
        int[] results = await Task.WhenAll(background).Soon();
        Assert.Equal([4, 9], results);
        Assert.Equal([[1], [2, 3]], _batches);
    }

    [Fact]
    public async Task Background_items_get_a_batch_now_and_then_though_foreground_items_never_stop()
    {
        using var step = new SemaphoreSlim(0);
        await using var batcher = Stepped(step, maxBatch: 1);
        using var stop = new CancellationTokenSource();

        // Two submitters: one item always runs, and one always waits.
        var foreground = Enumerable.Range(0, 2).Select(i => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await batcher.SubmitAsync(i, CancellationToken.None);
            }
        })).ToList();
        await Waiting.Until(() => !_batches.IsEmpty && batcher.Waiting == 1);
        var background = Submit(batcher, WindowPriority.Background, 9)[0];
        await Waiting.Until(() => _time.Timers > 0);
        for (var round = 0; round < 20; round++)
        {
            var before = _batches.Count;
            step.Release();
            await Waiting.Until(() => _batches.Count > before && batcher.Waiting == 1);
        }

        Assert.DoesNotContain(_batches, batch => batch.Contains(9));
        _time.Advance(InferenceGate.Patience);
        step.Release(10);
        Assert.Equal(81, await background.Soon());
        await stop.CancelAsync();
        step.Release(10);
        await Task.WhenAll(foreground).Soon();
    }

    [Fact]
    public async Task Batchers_that_share_a_gate_run_one_batch_at_a_time_and_foreground_first()
    {
        using var step = new SemaphoreSlim(0);
        var gate = new InferenceGate(_time);
        await using var first = Stepped(step, maxBatch: 1, gate);
        await using var second = Stepped(step, maxBatch: 1, gate);

        var replay = Submit(first, WindowPriority.Background, 1, 2);
        await Waiting.Until(() => !_batches.IsEmpty);
        var shadow = Submit(second, WindowPriority.Background, 3)[0];
        var ecg = second.SubmitAsync(4, CancellationToken.None);
        step.Release();
        await Waiting.Until(() => _batches.Count == 2);
        Assert.Equal([[1], [4]], _batches);

        step.Release(3);
        Assert.Equal(16, await ecg.Soon());
        int[] results = await Task.WhenAll([.. replay, shadow]).Soon();
        Assert.Equal([1, 4, 9], results);
    }

    [Fact]
    public async Task Shutdown_answers_background_items_whose_turn_never_came()
    {
        using var step = new SemaphoreSlim(0);
        var gate = new InferenceGate(_time);
        await using var busy = Stepped(step, maxBatch: 1, gate);
        var running = busy.SubmitAsync(1, CancellationToken.None);
        await Waiting.Until(() => !_batches.IsEmpty);

        var other = Stepped(step, maxBatch: 1, gate);
        var waiting = Submit(other, WindowPriority.Background, 2, 3);
        using var outOfTime = new CancellationTokenSource();
        var stop = other.StopAsync(outOfTime.Token);
        await outOfTime.CancelAsync();

        await stop.Soon();
        await Assert.ThrowsAsync<ClassifierStoppingException>(() => waiting[0].Soon());
        await Assert.ThrowsAsync<ClassifierStoppingException>(() => waiting[1].Soon());
        step.Release();
        Assert.Equal(1, await running.Soon());
        await other.DisposeAsync();
    }

    private static ItemOutcome<int>[] Square(IReadOnlyList<int> items) => [.. items.Select(item => (ItemOutcome<int>)(item * item))];

    private static Task<int>[] Submit(MicroBatcher<int, int> batcher, params int[] items) =>
        [.. items.Select(item => batcher.SubmitAsync(item, CancellationToken.None))];

    private static Task<int>[] Submit(MicroBatcher<int, int> batcher, WindowPriority priority, params int[] items) =>
        [.. items.Select(item => batcher.SubmitAsync(item, priority, CancellationToken.None))];

    /// <summary>Each batch ends when the test says so; once a test has failed, by itself.</summary>
    private MicroBatcher<int, int> Stepped(SemaphoreSlim step, int maxBatch, InferenceGate? gate = null, int? maxBackgroundBatch = null) => new(
        async (items, _) =>
        {
            _batches.Enqueue([.. items]);
            await step.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
            return Square(items);
        },
        maxBatch, TimeSpan.Zero, 64, _time, NullLogger.Instance, gate, maxBackgroundBatch);

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
