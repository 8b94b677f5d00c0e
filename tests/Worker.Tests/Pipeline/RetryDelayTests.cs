using EcgIntegration.Worker.Pipeline;

namespace EcgIntegration.Worker.Tests.Pipeline;

public sealed class RetryDelayTests
{
    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 8)]
    [InlineData(3, 16)]
    [InlineData(7, 256)]
    [InlineData(8, 300)]
    [InlineData(100, 300)]
    public void The_delay_lies_between_half_and_all_of_its_nominal_length(int attempts, int nominalSeconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(nominalSeconds), RetryDelay.Nominal(attempts));
        Assert.Equal(TimeSpan.FromSeconds(nominalSeconds / 2.0), RetryDelay.After(attempts, 0));
        Assert.Equal(TimeSpan.FromSeconds(nominalSeconds * 0.75), RetryDelay.After(attempts, 0.5));
        Assert.Equal(TimeSpan.FromSeconds(nominalSeconds), RetryDelay.After(attempts, 1));
        Assert.Equal(TimeSpan.FromSeconds(nominalSeconds / 2.0), RetryDelay.After(attempts, -7));
    }

    [Fact]
    public void No_delay_is_shorter_than_any_before_it_until_the_longest_is_reached() => Assert.All(
        Enumerable.Range(1, 6),
        attempts => Assert.True(RetryDelay.After(attempts + 1, 0) >= RetryDelay.After(attempts, 1)));
}
