namespace EcgIntegration.Signals;

/// <summary>What the readers accept; the bounds also keep the memory of one ECG bounded.</summary>
public static class SignalLimits
{
    /// <summary>Lowest sampling rate, Hz: the band-pass ends at 40 Hz and the tensor has 100 Hz.</summary>
    public const double MinimumRate = 100;

    /// <summary>Highest sampling rate, Hz.</summary>
    public const double MaximumRate = 2000;

    /// <summary>Most samples a lead: 10 minutes at 500 Hz, 14.4 MB for twelve leads.</summary>
    public const int MaximumSamples = 300_000;

    /// <summary>Waveforms looked at in one Observation; twelve are needed, eighteen are the most that carts write.</summary>
    public const int MaximumWaveforms = 32;

    /// <summary>
    /// Rates this close to a whole number are that number: periods are written rounded (2.7778 ms for 360 Hz),
    /// and one part in 100,000 is 0.1 ms in 10 s.
    /// </summary>
    private const double RateRounding = 1e-5;

    internal static double RateOfPeriod(double milliseconds)
    {
        var rate = 1000 / milliseconds;
        var whole = Math.Round(rate);
        return Math.Abs(rate - whole) <= RateRounding * rate ? whole : rate;
    }
}
