namespace EcgIntegration.Worker.Messaging;

/// <summary>
/// How many bytes of event bodies are in work at once: reading a body costs a multiple of it, so that a count alone would
/// not bound memory. First come, first served; a body larger than the whole budget waits until it is alone.
/// </summary>
internal sealed class IntakeBudget(long capacity)
{
    private readonly Lock _lock = new();

    // Under the lock.
    private readonly LinkedList<Waiter> _waiting = new();
    private long _taken;

    /// <summary>Takes a share, waiting for it; disposing of the result gives it back.</summary>
    public async Task<IDisposable> TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        var share = new Share(this, Math.Min(bytes, capacity));
        Waiter waiter;
        lock (_lock)
        {
            if (_waiting.Count == 0 && _taken + share.Bytes <= capacity)
            {
                _taken += share.Bytes;
                return share;
            }

            waiter = new Waiter(share);
            _waiting.AddLast(waiter);
        }

        await using var registration = cancellationToken.UnsafeRegister(_ => GiveUp(waiter, cancellationToken), null);
        await waiter.Ready.Task;
        return share;
    }

    private void GiveUp(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_waiting.Remove(waiter))
            {
                waiter.Ready.TrySetCanceled(cancellationToken);
                Admit();
            }
        }
    }

    private void Return(long bytes)
    {
        lock (_lock)
        {
            _taken -= bytes;
            Admit();
        }
    }

    private void Admit()
    {
        while (_waiting.First is { } first && _taken + first.Value.Share.Bytes <= capacity)
        {
            _waiting.RemoveFirst();
            _taken += first.Value.Share.Bytes;
            first.Value.Ready.TrySetResult();
        }
    }

    private sealed class Waiter(Share share)
    {
        public Share Share => share;

        /// <summary>Continuations run elsewhere: they must not run under the lock.</summary>
        public TaskCompletionSource Ready { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Share(IntakeBudget budget, long bytes) : IDisposable
    {
        private int _returned;

        public long Bytes => bytes;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 0)
            {
                budget.Return(bytes);
            }
        }
    }
}
