namespace EcgIntegration.Worker.Classification;

/// <summary>
/// Gathers items that arrive at about the same time, runs them as one batch and gives each waiter the result of its own
/// item. One batch runs at a time. Foreground and background items are gathered apart: a foreground item never waits for a
/// background one, but for one that runs already.
/// </summary>
/// <remarks>
/// <para>Threads: any number submit; the loop of each <see cref="BatchLane{TIn,TOut}"/> reads its queue and runs its batches,
/// one at a time by the <see cref="InferenceGate"/>. A <see cref="BatchSlot{TIn,TOut}"/> is shared between its submitter, the
/// cancellation of that submitter and the loop; its state decides, by one compare-and-swap, whether the loop has taken it or
/// it was given up. Item, result and waiter live in the same slot, so there is no index that could slip from one patient to
/// another.</para>
/// <para>Shutdown: <see cref="StopAsync"/> closes the queues. What was accepted is finished, without waiting for companions;
/// what comes later gets a <see cref="ClassifierStoppingException"/>, and so does the remainder if time runs out.</para>
/// </remarks>
internal sealed class MicroBatcher<TIn, TOut> : IAsyncDisposable
{
    private readonly InferenceGate _gate;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _abandon = new();
    private readonly BatchLane<TIn, TOut> _foreground;
    private readonly BatchLane<TIn, TOut> _background;

    /// <param name="run">Runs a batch; called by one batch at a time.</param>
    /// <param name="maxBatch">Items in one batch at most.</param>
    /// <param name="maxDelay">How long the first item of a batch waits for companions.</param>
    /// <param name="capacity">Items of each priority that may wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Hears of batches that failed.</param>
    /// <param name="gate">Shared by all batchers that run on the same device; by default one of its own.</param>
    /// <param name="maxBackgroundBatch">Background items in one batch at most: what a foreground item may have to wait for.</param>
    public MicroBatcher(
        BatchHandler<TIn, TOut> run, int maxBatch, TimeSpan maxDelay, int capacity, TimeProvider time, ILogger logger,
        InferenceGate? gate = null, int? maxBackgroundBatch = null)
    {
        _gate = gate ?? new(time);
        _time = time;
        _foreground = Lane(WindowPriority.Foreground, maxBatch);
        _background = Lane(WindowPriority.Background, maxBackgroundBatch ?? maxBatch);

        BatchLane<TIn, TOut> Lane(WindowPriority priority, int most) =>
            new(run, priority, _gate, most, maxDelay, capacity, time, logger, _abandon.Token);
    }

    /// <summary>Items that wait to be collected.</summary>
    public int Waiting => _foreground.Waiting + _background.Waiting;

    /// <summary>As the other one, for a foreground item.</summary>
    public Task<TOut> SubmitAsync(TIn item, CancellationToken cancellationToken) =>
        SubmitAsync(item, WindowPriority.Foreground, cancellationToken);

    /// <summary>
    /// Runs one item with whatever companions come; waits while the queue is full. After the task has ended, however it
    /// ended, the batcher no longer touches the item.
    /// </summary>
    /// <exception cref="ClassifierStoppingException">The batcher is stopping.</exception>
    public async Task<TOut> SubmitAsync(TIn item, WindowPriority priority, CancellationToken cancellationToken)
    {
        // The clock starts here and not at acceptance: time spent waiting for room counts towards the deadline.
        var slot = new BatchSlot<TIn, TOut>(item, _time.GetTimestamp());
        _gate.Begin(priority);
        try
        {
            await (priority is WindowPriority.Foreground ? _foreground : _background).AddAsync(slot, cancellationToken);
            await using var registration = cancellationToken.UnsafeRegister(
                static (state, token) => ((BatchSlot<TIn, TOut>)state!).GiveUp(token), slot);
            return await slot.Completion;
        }
        finally
        {
            _gate.End(priority);
        }
    }

    /// <summary>Refuses new items and finishes those accepted; when <paramref name="cancellationToken"/> fires, refuses the remainder too.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _foreground.Close();
        _background.Close();
        await using var registration = cancellationToken.UnsafeRegister(
            static state => ((CancellationTokenSource)state!).Cancel(), _abandon);

        // The loops end by themselves: at once after the batch that runs, where the token has fired.
        await Task.WhenAll(_foreground.Ended, _background.Ended);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _abandon.Dispose();
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
