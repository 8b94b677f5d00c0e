using System.Threading.Channels;

namespace EcgIntegration.Worker.Classification;

/// <summary>
/// Gathers items that arrive at about the same time, runs them as one batch and gives each waiter the result of its own
/// item. One batch runs at a time.
/// </summary>
/// <remarks>
/// <para>Threads: any number submit; one loop reads the queue and runs batches. Fields under "the loop's" are touched by
/// that loop alone and need no lock. A <see cref="Slot"/> is shared between its submitter, the cancellation of that
/// submitter and the loop; its state decides, by one compare-and-swap, whether the loop has taken it or it was given up.
/// Item, result and waiter live in the same slot, so there is no index that could slip from one patient to another.</para>
/// <para>Shutdown: <see cref="StopAsync"/> closes the queue. What was accepted is finished, without waiting for companions;
/// what comes later gets a <see cref="ClassifierStoppingException"/>, and so does the remainder if time runs out.</para>
/// </remarks>
internal sealed class MicroBatcher<TIn, TOut> : IAsyncDisposable
{
    private readonly BatchHandler<TIn, TOut> _run;
    private readonly int _maxBatch;
    private readonly TimeSpan _maxDelay;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<Slot> _queue;
    private readonly CancellationTokenSource _abandon = new();
    private readonly Task _loop;

    // The loop's.
    private readonly List<Slot> _collected;
    private readonly List<Slot> _taken;
    private readonly List<TIn> _inputs;
    private Task<bool>? _more;

    public MicroBatcher(
        BatchHandler<TIn, TOut> run, int maxBatch, TimeSpan maxDelay, int capacity, TimeProvider time, ILogger logger)
    {
        _run = run;
        _maxBatch = maxBatch;
        _maxDelay = maxDelay;
        _time = time;
        _logger = logger;
        _collected = new(maxBatch);
        _taken = new(maxBatch);
        _inputs = new(maxBatch);
        _queue = Channel.CreateBounded<Slot>(new BoundedChannelOptions(capacity)
        {
            FullMode = BoundedChannelFullMode.Wait,
            SingleReader = true,
        });
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Items that wait to be collected.</summary>
    public int Waiting => _queue.Reader.Count;

    /// <summary>
    /// Runs one item with whatever companions come; waits while the queue is full. After the task has ended, however it
    /// ended, the batcher no longer touches the item.
    /// </summary>
    /// <exception cref="ClassifierStoppingException">The batcher is stopping.</exception>
    public async Task<TOut> SubmitAsync(TIn item, CancellationToken cancellationToken)
    {
        // The clock starts here and not at acceptance: time spent waiting for room counts towards the deadline.
        var slot = new Slot(item, _time.GetTimestamp());
        try
        {
            await _queue.Writer.WriteAsync(slot, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new ClassifierStoppingException();
        }

        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((Slot)state!).GiveUp(token), slot);
        return await slot.Completion;
    }

    /// <summary>Refuses new items and finishes those accepted; when <paramref name="cancellationToken"/> fires, refuses the remainder too.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        await using var registration = cancellationToken.UnsafeRegister(
            static state => ((CancellationTokenSource)state!).Cancel(), _abandon);

        // The loop ends by itself: at once after the batch that runs, where the token has fired.
        await _loop;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _abandon.Dispose();
    }

    private async Task LoopAsync()
    {
        while (await MoreAsync())
        {
            await CollectAsync();
            await FlushAsync();
        }
    }

    /// <summary>True when the queue has something, false when it is closed and empty.</summary>
    private async Task<bool> MoreAsync()
    {
        _more ??= _queue.Reader.WaitToReadAsync().AsTask();
        var more = await _more;
        _more = null;
        return more;
    }

    /// <summary>Fills <see cref="_collected"/> until it is full, its first item has waited long enough, or nothing can come any more.</summary>
    private async Task CollectAsync()
    {
        _collected.Clear();
        while (true)
        {
            while (_collected.Count < _maxBatch && _queue.Reader.TryRead(out var slot))
            {
                _collected.Add(slot);
            }

            if (_collected.Count == 0 || _collected.Count == _maxBatch)
            {
                return;
            }

            var remaining = _maxDelay - _time.GetElapsedTime(_collected[0].SubmittedAt);
            if (remaining <= TimeSpan.Zero || !await MoreWithinAsync(remaining))
            {
                return;
            }
        }
    }

    private async Task<bool> MoreWithinAsync(TimeSpan delay)
    {
        // Two tasks and no exception: running out of time is what happens to every ECG that comes alone.
        _more ??= _queue.Reader.WaitToReadAsync().AsTask();

        // Task.Delay cuts off fractions of a millisecond: it would turn the last of them into a busy wait.
        delay = TimeSpan.FromMilliseconds(Math.Ceiling(delay.TotalMilliseconds));
        using var stopTimer = new CancellationTokenSource();
        if (await Task.WhenAny(_more, Task.Delay(delay, _time, stopTimer.Token)) != _more)
        {
            return false;
        }

        await stopTimer.CancelAsync();

        // A closed queue is left for LoopAsync to find, after what is collected has run.
        return await _more && await MoreAsync();
    }

    private async Task FlushAsync()
    {
        _taken.Clear();
        foreach (var slot in _collected)
        {
            if (slot.TryTake())
            {
                _taken.Add(slot);
            }
        }

        _collected.Clear();
        if (_taken.Count == 0)
        {
            return;
        }

        if (await TryRunAsync(_taken) is { } fault)
        {
            if (_taken.Count == 1 || _abandon.IsCancellationRequested)
            {
                _taken.ForEach(slot => slot.Fail(fault));
            }
            else
            {
                Log.BatchFailed(_logger, _taken.Count, fault.GetType().Name);
                await RunSinglyAsync();
            }
        }

        _taken.Clear();
        _inputs.Clear();
    }

    /// <summary>One poisoned item must not fail its companions.</summary>
    private async Task RunSinglyAsync()
    {
        foreach (var slot in _taken)
        {
            if (await TryRunAsync([slot]) is { } fault)
            {
                slot.Fail(fault);
            }
        }
    }

    /// <summary>Runs slots as one batch and completes each of them, or completes none and returns why.</summary>
    private async Task<Exception?> TryRunAsync(List<Slot> slots)
    {
        if (_abandon.IsCancellationRequested)
        {
            return new ClassifierStoppingException();
        }

        _inputs.Clear();
        foreach (var slot in slots)
        {
            _inputs.Add(slot.Item);
        }

        try
        {
            var outcomes = await _run(_inputs, _abandon.Token);
            if (outcomes.Count != slots.Count)
            {
                return new InvalidOperationException($"A batch of {slots.Count} items gave {outcomes.Count} results.");
            }

            for (var i = 0; i < slots.Count; i++)
            {
                slots[i].Complete(outcomes[i]);
            }

            return null;
        }
        catch (OperationCanceledException) when (_abandon.IsCancellationRequested)
        {
            return new ClassifierStoppingException();
        }
        catch (Exception e)
        {
            return e;
        }
    }

    /// <summary>One item, its waiter and the state both sides agree on.</summary>
    private sealed class Slot(TIn item, long submittedAt)
    {
        private const int Queued = 0;
        private const int Taken = 1;
        private const int GivenUp = 2;

        // Continuations run elsewhere: the loop must not execute a waiter's code.
        private readonly TaskCompletionSource<TOut> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _state = Queued;

        public TIn Item => item;

        public long SubmittedAt => submittedAt;

        public Task<TOut> Completion => _completion.Task;

        /// <summary>The loop takes it: from here on only the loop completes it.</summary>
        public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Queued) == Queued;

        /// <summary>The submitter gives it up; without effect once it is taken, because its item is then in use.</summary>
        public void GiveUp(CancellationToken token)
        {
            if (Interlocked.CompareExchange(ref _state, GivenUp, Queued) == Queued)
            {
                _completion.TrySetCanceled(token);
            }
        }

        public void Complete(ItemOutcome<TOut> outcome)
        {
            if (outcome.Fault is { } fault)
            {
                _completion.SetException(fault);
            }
            else
            {
                _completion.SetResult(outcome.Value!);
            }
        }

        public void Fail(Exception fault) => _completion.SetException(fault);
    }
}

/// <summary>Runs a batch: one outcome for each item, in the order of the items. The list is the batcher's and changes after the call.</summary>
internal delegate ValueTask<IReadOnlyList<ItemOutcome<TOut>>> BatchHandler<TIn, TOut>(
    IReadOnlyList<TIn> items, CancellationToken cancellationToken);

/// <summary>The result of one item, or why it has none.</summary>
internal readonly record struct ItemOutcome<T>(T? Value, Exception? Fault)
{
    public static implicit operator ItemOutcome<T>(T value) => new(value, null);

    public static implicit operator ItemOutcome<T>(Exception fault) => new(default, fault);
}
