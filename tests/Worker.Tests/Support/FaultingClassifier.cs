using System.Collections.Concurrent;
using EcgIntegration.Worker.Classification;

namespace EcgIntegration.Worker.Tests.Support;

/// <summary>The real classifier behind one that fails its first calls, as a device out of memory does; notes when it was called.</summary>
internal sealed class FaultingClassifier(IEcgClassifier inner, int faults, TimeProvider time) : IEcgClassifier
{
    private readonly ConcurrentQueue<DateTimeOffset> _calls = new();
    private int _left = faults;

    public ModelInfo Model => inner.Model;

    /// <summary>When it was called, in order.</summary>
    public IReadOnlyList<DateTimeOffset> Calls => [.. _calls];

    public Task<ClassificationResult> ClassifyAsync(ReadOnlyMemory<float> windows, CancellationToken cancellationToken)
    {
        _calls.Enqueue(time.GetUtcNow());
        return Interlocked.Decrement(ref _left) >= 0
            ? throw new InvalidOperationException("The device is out of memory.")
            : inner.ClassifyAsync(windows, cancellationToken);
    }
}
