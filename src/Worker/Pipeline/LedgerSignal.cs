namespace EcgIntegration.Worker.Pipeline;

/// <summary>
/// Says within this process that the ledger holds work that is due: an ECG that a client has just written is not left lying
/// until the next round. A signal that is lost costs that round, nothing else.
/// </summary>
internal sealed class LedgerSignal
{
    private TaskCompletionSource _next = NewSource();

    /// <summary>
    /// Completes at the next <see cref="Raise"/>. Taken before the ledger is asked, it does not miss what is written meanwhile.
    /// </summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Call after the work is committed.</summary>
    public void Raise() => Interlocked.Exchange(ref _next, NewSource()).TrySetResult();

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
