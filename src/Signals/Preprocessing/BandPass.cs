using System.Numerics;
using System.Runtime.Intrinsics;

namespace EcgIntegration.Signals.Preprocessing;

/// <summary>
/// Butterworth band-pass 0.5-40 Hz, order 4, run forward and backward (zero phase): SciPy's
/// <c>butter(4, [0.5, 40], "bandpass", output="sos")</c> and <c>sosfiltfilt</c>.
/// Four leads run side by side, one a vector lane; there is no fused multiply-add, so every machine gives the same bits.
/// </summary>
internal sealed class BandPass
{
    /// <summary>Samples mirrored at each end: SciPy's default for four sections, 3 x (2 x 4 + 1).</summary>
    internal const int Padding = 27;

    private const int Order = 4;
    private const double LowHertz = 0.5;
    private const double HighHertz = 40;

    private readonly Vector256<double> _gain;
    private readonly Vector256<double>[] _a1 = new Vector256<double>[Order];
    private readonly Vector256<double>[] _a2 = new Vector256<double>[Order];

    internal BandPass(double rate)
    {
        // The analog prototype's edges, warped so that the bilinear transform puts them at 0.5 and 40 Hz.
        var low = 4 * Math.Tan(Math.PI * LowHertz / rate);
        var high = 4 * Math.Tan(Math.PI * HighHertz / rate);
        var center = low * high;
        var width = high - low;
        Complex gain = Math.Pow(width, Order);
        var section = 0;
        for (var k = 0; k < Order; k++)
        {
            var prototype = -Complex.Exp(new Complex(0, Math.PI * ((2 * k) - Order + 1) / (2 * Order))) * (width / 2);
            var offset = Complex.Sqrt((prototype * prototype) - center);
            foreach (var analog in (ReadOnlySpan<Complex>)[prototype + offset, prototype - offset])
            {
                gain *= 4 / (4 - analog);
                var pole = (4 + analog) / (4 - analog);
                if (pole.Imaginary > 0)
                {
                    _a1[section] = Vector256.Create(-2 * pole.Real);
                    _a2[section++] = Vector256.Create((pole.Real * pole.Real) + (pole.Imaginary * pole.Imaginary));
                }
            }
        }

        _gain = Vector256.Create(Math.Pow(gain.Real / Math.Pow(4, Order), 1.0 / Order));
    }

    /// <summary>Filters in place.</summary>
    /// <param name="padded">The samples of up to four leads with <see cref="Padding"/> places free at each end.</param>
    internal void Apply(Span<Vector256<double>> padded)
    {
        var last = padded.Length - 1;
        for (var i = 0; i < Padding; i++)
        {
            // Odd extension: the signal turned about its end point.
            var first = padded[Padding];
            padded[Padding - 1 - i] = first + first - padded[Padding + 1 + i];
            var end = padded[last - Padding];
            padded[last - Padding + 1 + i] = end + end - padded[last - Padding - 1 - i];
        }

        Run(padded);
        padded.Reverse();
        Run(padded);
        padded.Reverse();
    }

    /// <summary>One pass through the four sections b = g (1, 0, -1), starting in the steady state of the first sample.</summary>
    private void Run(Span<Vector256<double>> samples)
    {
        var g = _gain;
        Vector256<double> a10 = _a1[0], a11 = _a1[1], a12 = _a1[2], a13 = _a1[3];
        Vector256<double> a20 = _a2[0], a21 = _a2[1], a22 = _a2[2], a23 = _a2[3];

        // A constant input leaves the first section as zero, so only that section has a state to begin with.
        var p0 = -(g * samples[0]);
        var q0 = p0;
        Vector256<double> p1 = default, q1 = default, p2 = default, q2 = default, p3 = default, q3 = default;
        for (var i = 0; i < samples.Length; i++)
        {
            var x = g * samples[i];
            var y = x + p0;
            p0 = q0 - (a10 * y);
            q0 = -x - (a20 * y);

            x = g * y;
            y = x + p1;
            p1 = q1 - (a11 * y);
            q1 = -x - (a21 * y);

            x = g * y;
            y = x + p2;
            p2 = q2 - (a12 * y);
            q2 = -x - (a22 * y);

            x = g * y;
            y = x + p3;
            p3 = q3 - (a13 * y);
            q3 = -x - (a23 * y);

            samples[i] = y;
        }
    }
}
