namespace EcgIntegration.Worker.Classification;

/// <summary>One item of a batch, its waiter and the state both sides agree on.</summary>
internal sealed class BatchSlot<TIn, TOut>(TIn item, long submittedAt)
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
