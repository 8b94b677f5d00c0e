namespace EcgIntegration.Training.Evaluation;

/// <summary>The interval that holds the middle 95 % of a figure over samples of the ECGs drawn with replacement.</summary>
/// <param name="Low">2.5th percentile.</param>
/// <param name="High">97.5th percentile.</param>
/// <remarks>Efron and Tibshirani, An Introduction to the Bootstrap (1993), percentile intervals.</remarks>
internal readonly record struct Bootstrap(double Low, double High)
{
    private const int Samples = 1_000;
    private const int Seed = 20250409;

    /// <summary>Measures an interval; the same on every machine and in every run.</summary>
    /// <param name="ecgs">Number of ECGs.</param>
    /// <param name="figure">The figure over ECGs by their indexes; NaN where a sample does not allow it.</param>
    public static Bootstrap Of(int ecgs, Func<IReadOnlyList<int>, double> figure)
    {
        var random = new Random(Seed);
        var drawn = new int[ecgs];
        var figures = new List<double>(Samples);
        for (var sample = 0; sample < Samples; sample++)
        {
            for (var i = 0; i < ecgs; i++)
            {
                drawn[i] = random.Next(ecgs);
            }

            var value = figure(drawn);
            if (!double.IsNaN(value))
            {
                figures.Add(value);
            }
        }

        figures.Sort();
        return figures.Count > 0 ? new Bootstrap(At(figures, 0.025), At(figures, 0.975)) : new Bootstrap(double.NaN, double.NaN);
    }

    private static double At(List<double> sorted, double share) => sorted[(int)Math.Round(share * (sorted.Count - 1))];
}
