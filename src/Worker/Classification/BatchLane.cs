using System.Threading.Channels;

namespace EcgIntegration.Worker.Classification;

/// <summary>
/// The items of one priority in a <see cref="MicroBatcher{TIn,TOut}"/>: their queue, and the loop that gathers them into
/// batches and runs each when its turn comes.
/// </summary>
/// <remarks>
/// Fields under "the loop's" are touched by the loop alone and need no lock. What the handler touches belongs to whoever has
/// the turn of the gate. A slot is taken only when the turn has come, so that it can be given up until then.
/// </remarks>
internal sealed class BatchLane<TIn, TOut>
{
    private readonly BatchHandler<TIn, TOut> _run;
    private readonly WindowPriority _priority;
    private readonly InferenceGate _gate;
    private readonly int _maxBatch;
    private readonly TimeSpan _maxDelay;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationToken _abandon;
    private readonly Channel<BatchSlot<TIn, TOut>> _queue;

    // The loop's.
    private readonly List<BatchSlot<TIn, TOut>> _collected;
    private readonly List<BatchSlot<TIn, TOut>> _taken;
    private readonly List<TIn> _inputs;
    private Task<bool>? _more;

    /// <param name="run">Runs a batch.</param>
    /// <param name="priority">Whose turn it is.</param>
    /// <param name="gate">Shared with whatever else runs on the device.</param>
    /// <param name="maxBatch">Items in one batch at most.</param>
    /// <param name="maxDelay">How long the first item of a batch waits for companions.</param>
    /// <param name="capacity">Items that may wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Hears of batches that failed.</param>
    /// <param name="abandon">Gives everything up but the batch that runs.</param>
    public BatchLane(
        BatchHandler<TIn, TOut> run, WindowPriority priority, InferenceGate gate, int maxBatch, TimeSpan maxDelay, int capacity,
        TimeProvider time, ILogger logger, CancellationToken abandon)
    {
        _run = run;
        _priority = priority;
        _gate = gate;
        _maxBatch = maxBatch;
        _maxDelay = maxDelay;
        _time = time;
        _logger = logger;
        _abandon = abandon;
        _collected = new(maxBatch);
        _taken = new(maxBatch);
        _inputs = new(maxBatch);
        _queue = Channel.CreateBounded<BatchSlot<TIn, TOut>>(new BoundedChannelOptions(capacity)
        {
            FullMode = BoundedChannelFullMode.Wait,
            SingleReader = true,
        });
        Ended = Task.Run(LoopAsync, CancellationToken.None);
    }

    /// <summary>Items that wait to be collected.</summary>
    public int Waiting => _queue.Reader.Count;

    /// <summary>Completed when the queue is closed and everything in it has ended.</summary>
    public Task Ended { get; }

    /// <summary>Takes an item in; waits while the queue is full.</summary>
    /// <exception cref="ClassifierStoppingException">The queue is closed.</exception>
    public async ValueTask AddAsync(BatchSlot<TIn, TOut> slot, CancellationToken cancellationToken)
    {
        try
        {
            await _queue.Writer.WriteAsync(slot, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new ClassifierStoppingException();
        }
    }

    /// <summary>Refuses what comes from now on.</summary>
    public void Close() => _queue.Writer.TryComplete();

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
            Fill();
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

    private void Fill()
    {
        while (_collected.Count < _maxBatch && _queue.Reader.TryRead(out var slot))
        {
            _collected.Add(slot);
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
        var fault = await RunInTurnAsync(Take);
        if (fault is not null && _taken.Count > 1 && !_abandon.IsCancellationRequested)
        {
            Log.BatchFailed(_logger, _taken.Count, fault.GetType().Name);
            await RunSinglyAsync();
        }
        else if (fault is not null)
        {
            _taken.ForEach(slot => slot.Fail(fault));
        }

        _taken.Clear();
        _inputs.Clear();
    }

    /// <summary>What has come while the turn was waited for fills the batch up; what was given up meanwhile is left out.</summary>
    private List<BatchSlot<TIn, TOut>> Take()
    {
        Fill();
        _taken.Clear();
        _taken.AddRange(_collected.Where(slot => slot.TryTake()));
        _collected.Clear();
        return _taken;
    }

    /// <summary>One poisoned item must not fail its companions. Each is a turn of its own, so that others need not wait for all.</summary>
    private async Task RunSinglyAsync()
    {
        foreach (var slot in _taken)
        {
            if (await RunInTurnAsync(() => [slot]) is { } fault)
            {
                slot.Fail(fault);
            }
        }
    }

    /// <summary>Runs slots as one batch when their turn comes, and completes each of them, or completes none and returns why.</summary>
    private async Task<Exception?> RunInTurnAsync(Func<List<BatchSlot<TIn, TOut>>> take)
    {
        try
        {
            using var turn = await _gate.EnterAsync(_priority, _abandon);
            return await RunAsync(take());
        }
        catch (OperationCanceledException) when (_abandon.IsCancellationRequested)
        {
            // The turn did not come any more; what was collected for it has to be answered all the same.
            take();
            return new ClassifierStoppingException();
        }
    }

    private async Task<Exception?> RunAsync(List<BatchSlot<TIn, TOut>> slots)
    {
        if (slots.Count == 0)
        {
            return null;
        }

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
            var outcomes = await _run(_inputs, _abandon);
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
}
