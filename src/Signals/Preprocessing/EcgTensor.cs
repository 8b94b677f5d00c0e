using System.Buffers;

namespace EcgIntegration.Signals.Preprocessing;

/// <summary>
/// The model's input: windows x 12 x 1,000 float32, each lead of each window with mean 0 and standard deviation 1.
/// The buffer is pooled and has one owner, who disposes it once; no span may be used after that.
/// </summary>
public sealed class EcgTensor : IDisposable
{
    /// <summary>Values of one window, 12 x 1,000.</summary>
    public const int WindowLength = EcgRecording.LeadCount * Preprocessor.WindowSamples;

    private float[]? _values;

    internal EcgTensor(int windows)
    {
        Windows = windows;
        _values = ArrayPool<float>.Shared.Rent(windows * WindowLength);
    }

    /// <summary>Number of 10 s windows.</summary>
    public int Windows { get; }

    /// <summary>All windows, one behind the other.</summary>
    public ReadOnlyMemory<float> Memory => Values.AsMemory(0, Windows * WindowLength);

    /// <summary>One window, lead-major 12 x 1,000.</summary>
    public ReadOnlyMemory<float> this[int window] => Memory.Slice(window * WindowLength, WindowLength);

    private float[] Values => _values ?? throw new ObjectDisposedException(nameof(EcgTensor));

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _values, null) is { } values)
        {
            ArrayPool<float>.Shared.Return(values);
        }
    }

    internal Span<float> Lead(int window, Lead lead) =>
        Values.AsSpan((window * WindowLength) + ((int)lead * Preprocessor.WindowSamples), Preprocessor.WindowSamples);
}
