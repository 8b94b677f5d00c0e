using System.Collections.Concurrent;
using System.Runtime.Intrinsics;

namespace EcgIntegration.Signals.Preprocessing;

/// <summary>Polyphase resampling by up/down: SciPy's <c>resample_poly</c> with its default Kaiser window (beta 5).</summary>
internal sealed class Resampler
{
    /// <summary>
    /// Largest term of the ratio. Whole rates up to 2,000 Hz are exact; any other takes the nearest fraction with
    /// terms up to here, which keeps the filter small and the scale of time right to 1 ms in 10 s.
    /// </summary>
    internal const int LargestTerm = 5000;

    private const double KaiserBeta = 5;
    private const int HalfLengthPerTerm = 10;
    private const int CacheLimit = 16;

    // Hospitals have a handful of rates; past the limit filters are simply made anew, so no input can fill memory.
    private static readonly ConcurrentDictionary<(int Up, int Down), Resampler> Cache = new();

    private readonly int _up;
    private readonly int _down;
    private readonly int _half;
    private readonly double[] _filter;

    private Resampler(int up, int down)
    {
        _up = up;
        _down = down;
        _half = HalfLengthPerTerm * Math.Max(up, down);
        _filter = up == down ? [] : DesignFilter(_half, Math.Max(up, down), up);
    }

    internal static Resampler For(double rate, int targetRate)
    {
        var ratio = Approximate(targetRate / rate);
        if (Cache.TryGetValue(ratio, out var resampler))
        {
            return resampler;
        }

        resampler = new Resampler(ratio.Up, ratio.Down);
        if (Cache.Count < CacheLimit)
        {
            Cache.TryAdd(ratio, resampler);
        }

        return resampler;
    }

    internal int OutputLength(int input) => (int)((((long)input * _up) + _down - 1) / _down);

    internal void Apply(ReadOnlySpan<Vector256<double>> input, Span<Vector256<double>> output)
    {
        if (_up == _down)
        {
            input.CopyTo(output);
            return;
        }

        for (var m = 0; m < output.Length; m++)
        {
            // Tap of input k is half + m x down - k x up; beyond either end the signal counts as zero.
            var at = (long)m * _down;
            var first = (int)Math.Max(0, -FloorDivide(_half - at, _up));
            var last = (int)Math.Min(input.Length - 1, FloorDivide(at + _half, _up));
            var tap = (int)(_half + at - ((long)first * _up));
            var sum = Vector256<double>.Zero;
            for (var k = first; k <= last; k++, tap -= _up)
            {
                sum += input[k] * _filter[tap];
            }

            output[m] = sum;
        }
    }

    /// <summary>The nearest fraction to a ratio of at most 1, by continued fractions.</summary>
    internal static (int Up, int Down) Approximate(double ratio)
    {
        (int P, int Q) previous = (1, 0), current = ((int)ratio, 1);
        var rest = ratio - Math.Floor(ratio);
        while (rest > 1e-9)
        {
            var inverse = 1 / rest;
            var whole = Math.Floor(inverse + 1e-9);
            if ((whole * current.Q) + previous.Q > LargestTerm)
            {
                // The best that still fits lies between this convergent and the next.
                var part = (LargestTerm - previous.Q) / current.Q;
                var between = (P: (part * current.P) + previous.P, Q: (part * current.Q) + previous.Q);
                return Error(between) < Error(current) ? between : current;
            }

            (previous, current) = (current, (((int)whole * current.P) + previous.P, ((int)whole * current.Q) + previous.Q));
            rest = inverse - whole;
        }

        return current;

        double Error((int P, int Q) fraction) => Math.Abs(((double)fraction.P / fraction.Q) - ratio);
    }

    private static long FloorDivide(long a, long b) => a >= 0 ? a / b : -((-a + b - 1) / b);

    private static double[] DesignFilter(int half, int maximum, int up)
    {
        var cutoff = 1.0 / maximum;
        var filter = new double[(2 * half) + 1];
        double sum = 0;
        for (var i = 0; i < filter.Length; i++)
        {
            double n = i - half;
            var x = Math.PI * cutoff * n;
            var sinc = n == 0 ? 1 : Math.Sin(x) / x;
            var edge = n / half;
            filter[i] = cutoff * sinc * BesselI0(KaiserBeta * Math.Sqrt(1 - (edge * edge)));
            sum += filter[i];
        }

        for (var i = 0; i < filter.Length; i++)
        {
            filter[i] *= up / sum;
        }

        return filter;
    }

    /// <summary>Modified Bessel function of order 0 by its power series: quick and exact for the small arguments here.</summary>
    private static double BesselI0(double x)
    {
        double term = 1, sum = 1;
        for (var k = 1; term > sum * 1e-17; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }

        return sum;
    }
}
