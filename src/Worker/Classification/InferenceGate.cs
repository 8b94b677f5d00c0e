namespace EcgIntegration.Worker.Classification;

/// <summary>
/// Lets one batch run at a time, whichever model it belongs to: several loaded models share the cores as one model would,
/// and a background batch never starts while a foreground window waits.
/// </summary>
/// <remarks>
/// <para>A foreground window counts as waiting from <see cref="Begin"/> to <see cref="End"/>, also while its batcher still
/// gathers companions: a background batch that started just then would keep it waiting for no reason.</para>
/// <para>Where foreground windows never stop coming, a background batch is admitted once it has waited for
/// <see cref="Patience"/> and no foreground batch stands at the gate: background work slows down, but never stands still,
/// and costs the foreground one batch in that time.</para>
/// <para>Threads: any number enter; all fields are guarded by the lock, under which nothing of others runs.</para>
/// </remarks>
internal sealed class InferenceGate(TimeProvider time)
{
    /// <summary>After how long a background batch no longer yields to windows that do not stand at the gate.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _foreground = new();
    private readonly LinkedList<Waiter> _background = new();
    private int _foregroundWindows;
    private bool _busy;

    /// <summary>A window has come; <see cref="End"/> must follow.</summary>
    public void Begin(WindowPriority priority)
    {
        if (priority is WindowPriority.Foreground)
        {
            lock (_lock)
            {
                _foregroundWindows++;
            }
        }
    }

    /// <summary>A window has its result, or none is wanted any more.</summary>
    public void End(WindowPriority priority)
    {
        if (priority is WindowPriority.Foreground)
        {
            lock (_lock)
            {
                _foregroundWindows--;
                Admit();
            }
        }
    }

    /// <summary>Waits for the turn of a batch; dispose the turn when the batch has run.</summary>
    /// <exception cref="OperationCanceledException">The token fired before the turn came.</exception>
    public async Task<Turn> EnterAsync(WindowPriority priority, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(priority is WindowPriority.Foreground ? _foreground : _background);
        lock (_lock)
        {
            waiter.Queue.AddLast(waiter);
            Admit();
        }

        if (!waiter.Admitted.Task.IsCompleted)
        {
            await using var giveUp = cancellationToken.UnsafeRegister((_, token) => Leave(waiter, token), null);
            using var patience = priority is WindowPriority.Background
                ? time.CreateTimer(_ => LosePatience(waiter), null, Patience, Timeout.InfiniteTimeSpan)
                : null;
            await waiter.Admitted.Task;
        }

        return new Turn(this);
    }

    private void Leave(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (waiter.Queue.Remove(waiter))
            {
                waiter.Admitted.SetCanceled(cancellationToken);
            }
        }
    }

    private void LosePatience(Waiter waiter)
    {
        lock (_lock)
        {
            waiter.IsOverdue = true;
            Admit();
        }
    }

    private void Exit()
    {
        lock (_lock)
        {
            _busy = false;
            Admit();
        }
    }

    /// <summary>Under the lock: gives the turn away if it is free and somebody may have it.</summary>
    private void Admit()
    {
        if (_busy)
        {
            return;
        }

        var next = _foreground.First?.Value
            ?? (_background.First?.Value is { } background && (_foregroundWindows == 0 || background.IsOverdue) ? background : null);
        if (next is not null)
        {
            next.Queue.RemoveFirst();
            _busy = true;
            next.Admitted.SetResult();
        }
    }

    /// <summary>The right to run one batch.</summary>
    internal readonly struct Turn(InferenceGate gate) : IDisposable
    {
        public void Dispose() => gate.Exit();
    }

    private sealed class Waiter(LinkedList<Waiter> queue)
    {
        public LinkedList<Waiter> Queue => queue;

        // Continuations run elsewhere: nothing of others under the lock.
        public TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsOverdue { get; set; }
    }
}
