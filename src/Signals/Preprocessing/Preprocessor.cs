using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EcgIntegration.Signals.Preprocessing;

/// <summary>
/// Preprocessing v1, the model's contract: zero-phase band-pass 0.5-40 Hz at the original rate over the whole recording,
/// polyphase resampling to 100 Hz, windows of 10 s, and per lead and window the mean taken off and the population
/// standard deviation divided out. All in double, deterministic.
/// </summary>
/// <remarks>
/// Windows follow one another from the start; the last of several ends with the recording and so may overlap its
/// neighbour: nothing is unseen. Lengths are taken as the next multiple of 10 s when they miss it by 0.1 s or less:
/// 10.05 s is one window (the surplus is dropped), 9.95 s is one window too (its end is filled with the last value).
/// Shorter recordings have no window.
/// </remarks>
public static class Preprocessor
{
    /// <summary>Name of this contract in a model bundle.</summary>
    public const string Version = "v1";

    /// <summary>Samples of a window and lead.</summary>
    public const int WindowSamples = 1000;

    /// <summary>Sampling rate of the tensor, Hz.</summary>
    public const int TensorRate = 100;

    /// <summary>Shortest recording that has a window, in seconds.</summary>
    public const double MinimumSeconds = (double)(WindowSamples - Tolerance) / TensorRate;

    private const int Tolerance = 10;
    private const int Lanes = 4;

    // A lead this even, in mV, has no shape to scale: it stays at zero instead of becoming noise.
    private const double FlatDeviation = 1e-6;

    /// <summary>Number of 10 s windows that the tensor of a recording has; 0 where it is too short.</summary>
    public static int WindowCount(EcgRecording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return WindowCount(Resampler.For(recording.SamplingRate, TensorRate).OutputLength(recording.SampleCount));
    }

    /// <summary>Makes the model's input; the caller disposes it.</summary>
    /// <exception cref="ArgumentException">
    /// The recording is too short, or lacks samples: <see cref="Quality.SignalQuality.Examine"/> says so beforehand.
    /// </exception>
    public static EcgTensor ToTensor(EcgRecording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        var windows = WindowCount(recording);
        if (windows == 0)
        {
            throw new ArgumentException($"The recording is shorter than {MinimumSeconds} s.", nameof(recording));
        }

        var tensor = new EcgTensor(windows);
        try
        {
            for (var lead = 0; lead < EcgRecording.LeadCount; lead += Lanes)
            {
                var samples = recording.Millivolts.Slice(lead * recording.SampleCount, Lanes * recording.SampleCount);
                Prepare(samples, Lanes, recording.SamplingRate, (lane, window) => tensor.Lead(window, (Lead)lead + lane));
            }

            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>Prepares the first window of one lead, for signals that are no 12-lead ECG.</summary>
    /// <param name="samples">The whole lead in any unit of voltage.</param>
    /// <param name="rate">Its sampling rate, Hz.</param>
    /// <param name="window">Receives <see cref="WindowSamples"/> values.</param>
    /// <exception cref="ArgumentException">The lead is too short, or lacks samples.</exception>
    public static void FirstWindow(ReadOnlySpan<float> samples, double rate, Span<float> window)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(window.Length, WindowSamples);
        var result = new float[WindowSamples];
        Prepare(samples, 1, rate, (_, index) => index == 0 ? result : Span<float>.Empty);
        result.CopyTo(window);
    }

    /// <summary>The last step alone, in place: mean 0 and population standard deviation 1; a flat lead becomes zero.</summary>
    public static void Standardise(Span<float> window)
    {
        double sum = 0;
        foreach (var value in window)
        {
            sum += value;
        }

        var mean = sum / window.Length;
        double squares = 0;
        foreach (var value in window)
        {
            squares += (value - mean) * (value - mean);
        }

        var scale = Scale(squares / window.Length);
        for (var i = 0; i < window.Length; i++)
        {
            window[i] = (float)((window[i] - mean) * scale);
        }
    }

    private delegate Span<float> WindowOf(int lane, int window);

    private static int WindowCount(int resampled) =>
        resampled < WindowSamples - Tolerance ? 0 : Math.Max(1, (resampled - Tolerance + WindowSamples - 1) / WindowSamples);

    private static void Prepare(ReadOnlySpan<float> samples, int lanes, double rate, WindowOf windowOf)
    {
        var count = samples.Length / lanes;
        var resampler = Resampler.For(rate, TensorRate);
        var resampled = resampler.OutputLength(count);
        var windows = WindowCount(resampled);
        if (windows == 0)
        {
            throw new ArgumentException($"The signal is shorter than {MinimumSeconds} s.", nameof(samples));
        }

        var padded = count + (2 * BandPass.Padding);
        var rented = ArrayPool<double>.Shared.Rent(Lanes * (padded + resampled));
        try
        {
            var vectors = MemoryMarshal.Cast<double, Vector256<double>>(rented.AsSpan(0, Lanes * (padded + resampled)));
            var filtered = vectors[..padded];
            var output = vectors.Slice(padded, resampled);
            Interleave(samples, lanes, count, filtered.Slice(BandPass.Padding, count));
            new BandPass(rate).Apply(filtered);
            resampler.Apply(filtered.Slice(BandPass.Padding, count), output);
            for (var window = 0; window < windows; window++)
            {
                // The only window begins at the start however long the rest; the last of several ends with the recording.
                var start = window == windows - 1 && windows > 1 ? resampled - WindowSamples : window * WindowSamples;
                for (var lane = 0; lane < lanes; lane++)
                {
                    Standardise(output[start..], lane, windowOf(lane, window));
                }
            }
        }
        finally
        {
            ArrayPool<double>.Shared.Return(rented);
        }
    }

    private static void Interleave(ReadOnlySpan<float> samples, int lanes, int count, Span<Vector256<double>> target)
    {
        var values = MemoryMarshal.Cast<Vector256<double>, double>(target);
        values.Clear();
        for (var lane = 0; lane < lanes; lane++)
        {
            var lead = samples.Slice(lane * count, count);
            for (var i = 0; i < count; i++)
            {
                if (!float.IsFinite(lead[i]))
                {
                    throw new ArgumentException("A sample is missing or outside the recorder's limits.", nameof(samples));
                }

                values[(i * Lanes) + lane] = lead[i];
            }
        }
    }

    private static void Standardise(ReadOnlySpan<Vector256<double>> output, int lane, Span<float> window)
    {
        if (window.IsEmpty)
        {
            return;
        }

        var last = output.Length - 1;
        double sum = 0;
        for (var i = 0; i < window.Length; i++)
        {
            sum += output[Math.Min(i, last)][lane];
        }

        var mean = sum / window.Length;
        double squares = 0;
        for (var i = 0; i < window.Length; i++)
        {
            var centred = output[Math.Min(i, last)][lane] - mean;
            squares += centred * centred;
        }

        var scale = Scale(squares / window.Length);
        for (var i = 0; i < window.Length; i++)
        {
            window[i] = (float)((output[Math.Min(i, last)][lane] - mean) * scale);
        }
    }

    private static double Scale(double variance) => variance > FlatDeviation * FlatDeviation ? 1 / Math.Sqrt(variance) : 0;
}
