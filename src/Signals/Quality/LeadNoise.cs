using System.Buffers;
using EcgIntegration.Contracts;

namespace EcgIntegration.Signals.Quality;

/// <summary>
/// Leads that are nothing but mains or muscle noise. Moving means over one period of 50 Hz and one of 60 Hz take the noise
/// away; a lead is refused where nearly all of its power went with it and what is left has no beats.
/// </summary>
/// <remarks>
/// Power alone does not tell: a readable lead under strong mains has little of its own, and the band-pass cleans it.
/// No beats means that what is left is less than the 2 % of 50 Hz power which the band-pass lets through, or is
/// distributed as noise is: kurtosis of filtered noise stayed below 3.5 in 200 trials, while QRS complexes raise it. Some
/// readable leads are as low (2.3 in E07503), which is why both conditions must hold.
/// </remarks>
internal static class LeadNoise
{
    private const double MostPower = 0.8;
    private const double FilterLeak = 0.02;
    private const double NoiseKurtosis = 3.5;

    // Below this rate the means span too few samples to tell noise from a QRS complex.
    private const double LowestRate = 250;

    internal static Reason? Find(EcgRecording recording, WanderFree wander, Lead lead)
    {
        if (recording.SamplingRate < LowestRate)
        {
            return null;
        }

        var samples = wander[lead];
        var rented = ArrayPool<float>.Shared.Rent(2 * samples.Length);
        try
        {
            var once = rented.AsSpan(0, samples.Length);
            var smooth = rented.AsSpan(samples.Length, samples.Length);
            WanderFree.MovingMean(samples, (int)Math.Round(recording.SamplingRate / 50), once);
            WanderFree.MovingMean(once, (int)Math.Round(recording.SamplingRate / 60), smooth);
            var (power, _) = Moments(samples);
            var (left, kurtosis) = Moments(smooth);
            var noise = 1 - (left / power);
            return noise > MostPower && (left < FilterLeak * power || kurtosis < NoiseKurtosis)
                ? SignalReasons.LeadNoise.At(SignalQuality.PlaceOf(recording, lead), lead.Name(), Math.Round(100 * noise))
                : null;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    private static (double Power, double Kurtosis) Moments(ReadOnlySpan<float> samples)
    {
        double second = 0, fourth = 0;
        foreach (var sample in samples)
        {
            var square = (double)sample * sample;
            second += square;
            fourth += square * square;
        }

        return (second, fourth * samples.Length / Math.Max(second * second, double.Epsilon));
    }
}
