using System.Buffers;

namespace EcgIntegration.Signals.Quality;

/// <summary>
/// The recording without its slow part: each sample less the mean of the 0.2 s around it, which leaves the QRS complexes
/// and most of P and T, and little of the baseline's wander. Pooled; one owner.
/// </summary>
internal sealed class WanderFree : IDisposable
{
    private const double Seconds = 0.2;

    private readonly int _samples;
    private float[]? _values;

    internal WanderFree(EcgRecording recording)
    {
        _samples = recording.SampleCount;
        _values = ArrayPool<float>.Shared.Rent(EcgRecording.LeadCount * _samples);
        var window = (int)Math.Round(Seconds * recording.SamplingRate);
        foreach (var lead in LeadCodes.All)
        {
            var samples = recording[lead];
            var result = Slot(lead);
            MovingMean(samples, window, result);
            for (var i = 0; i < result.Length; i++)
            {
                result[i] = samples[i] - result[i];
            }
        }
    }

    internal ReadOnlySpan<float> this[Lead lead] => Slot(lead);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _values, null) is { } values)
        {
            ArrayPool<float>.Shared.Return(values);
        }
    }

    /// <summary>The mean of the samples around each one; at the ends the window is what there is of it.</summary>
    internal static void MovingMean(ReadOnlySpan<float> samples, int window, Span<float> result)
    {
        var before = window / 2;
        var after = window - before;
        var whole = 1.0 / window;
        double sum = 0;
        var (from, to) = (0, 0);
        for (var i = 0; i < samples.Length; i++)
        {
            while (to < samples.Length && to < i + after)
            {
                sum += samples[to++];
            }

            while (from < i - before)
            {
                sum -= samples[from++];
            }

            var count = to - from;
            result[i] = (float)(count == window ? sum * whole : sum / count);
        }
    }

    private Span<float> Slot(Lead lead) =>
        (_values ?? throw new ObjectDisposedException(nameof(WanderFree))).AsSpan((int)lead * _samples, _samples);
}
