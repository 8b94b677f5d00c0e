namespace EcgIntegration.Training.Learning;

/// <summary>
/// The one-cycle policy: the learning rate rises to its peak and falls to almost nothing, the momentum the other way round, both
/// along a cosine.
/// </summary>
/// <param name="Peak">Largest learning rate.</param>
/// <param name="Steps">Steps of the whole run.</param>
/// <param name="WarmUp">Share of the steps in which the rate rises.</param>
/// <remarks>Smith and Topin, arXiv 1708.07120. A function of the step alone, so that a resumed run goes on where it was.</remarks>
internal readonly record struct OneCycle(double Peak, int Steps, double WarmUp)
{
    private const double StartDivisor = 25;
    private const double EndDivisor = 1e4;
    private const double LeastMomentum = 0.85;
    private const double MostMomentum = 0.95;

    /// <summary>Learning rate and momentum (AdamW's first beta) of a step, counted from 0.</summary>
    public (double Rate, double Momentum) At(int step)
    {
        var top = Math.Max((WarmUp * Steps) - 1, 0);
        var start = Peak / StartDivisor;
        if (step <= top)
        {
            var risen = top > 0 ? step / top : 1;
            return (Between(start, Peak, risen), Between(MostMomentum, LeastMomentum, risen));
        }

        var fallen = Math.Min(1, (step - top) / Math.Max(1, Steps - 1 - top));
        return (Between(Peak, start / EndDivisor, fallen), Between(LeastMomentum, MostMomentum, fallen));
    }

    private static double Between(double from, double to, double share) => to + ((from - to) / 2 * (1 + Math.Cos(Math.PI * share)));
}
