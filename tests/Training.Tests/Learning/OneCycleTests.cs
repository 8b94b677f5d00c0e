using EcgIntegration.Training.Learning;

namespace EcgIntegration.Training.Tests.Learning;

public sealed class OneCycleTests
{
    private static readonly OneCycle Cycle = new(Peak: 1e-3, Steps: 100, WarmUp: 0.25);

    [Theory]
    [InlineData(0, 4e-5, 0.95)]
    [InlineData(12, 5.2e-4, 0.9)]
    [InlineData(24, 1e-3, 0.85)]
    [InlineData(99, 4e-9, 0.95)]
    public void The_rate_rises_to_its_peak_and_falls_to_almost_nothing_and_the_momentum_goes_the_other_way(int step, double rate, double momentum)
    {
        var at = Cycle.At(step);

        Assert.Equal(rate, at.Rate, rate * 1e-6);
        Assert.Equal(momentum, at.Momentum, 1e-6);
    }

    [Fact]
    public void A_run_of_one_step_has_a_rate()
    {
        Assert.InRange(new OneCycle(1e-3, 1, 0.25).At(0).Rate, 1e-9, 1e-3);
    }
}
