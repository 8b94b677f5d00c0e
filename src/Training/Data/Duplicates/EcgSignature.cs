using System.Numerics;

namespace EcgIntegration.Training.Data.Duplicates;

/// <summary>An ECG in 64 numbers, whose scalar products are close to the correlations of the ECGs themselves.</summary>
/// <remarks>
/// A count sketch: every sample is added, with a sign, to one of 64 sums, both chosen at random once for all. ECGs
/// that correlate by 0.95 have signatures that do by 0.9, give or take 0.02; unrelated ones scatter about 0 by 0.125.
/// </remarks>
internal static class EcgSignature
{
    /// <summary>Length of a signature.</summary>
    public const int Length = 64;

    private static readonly (byte[] Place, float[] Sign) Sketch = Draw();

    /// <summary>Writes the signature of an ECG, of length 1; all zero for one without any signal.</summary>
    public static void Of(ReadOnlySpan<float> ecg, Span<float> signature)
    {
        signature.Clear();
        var (place, sign) = Sketch;
        for (var i = 0; i < ecg.Length; i++)
        {
            signature[place[i]] += sign[i] * ecg[i];
        }

        double squares = 0;
        foreach (var value in signature)
        {
            squares += (double)value * value;
        }

        var scale = squares > 0 ? (float)(1 / Math.Sqrt(squares)) : 0;
        foreach (ref var value in signature)
        {
            value *= scale;
        }
    }

    /// <summary>Scalar product of two signatures.</summary>
    public static float Product(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = Vector<float>.Zero;
        for (var i = 0; i < Length; i += Vector<float>.Count)
        {
            sum += new Vector<float>(a[i..]) * new Vector<float>(b[i..]);
        }

        return Vector.Sum(sum);
    }

    private static (byte[] Place, float[] Sign) Draw()
    {
        // Nothing is stored of it, but the same data must always have the same answer.
        var random = new Random(20250412);
        var place = new byte[EcgTensors.Length];
        var sign = new float[EcgTensors.Length];
        for (var i = 0; i < place.Length; i++)
        {
            place[i] = (byte)random.Next(Length);
            sign[i] = random.Next(2) == 0 ? 1 : -1;
        }

        return (place, sign);
    }
}
