using EcgIntegration.Training.Learning;
using static TorchSharp.torch;

namespace EcgIntegration.Training.Tests.Learning;

public sealed class WeightAverageTests
{
    [Fact]
    public void Follows_slowly_and_copies_running_figures()
    {
        using var source = nn.BatchNorm2d(1);
        using var target = nn.BatchNorm2d(1);
        using var gradless = no_grad();
        source.weight!.fill_(1);
        target.weight!.fill_(0);
        source.running_mean!.fill_(7);
        using var average = new WeightAverage(source, target, decay: 0.5);

        average.Update();
        Assert.Equal(0.9f, target.weight!.item<float>(), 5);
        Assert.Equal(7f, target.running_mean!.item<float>());

        // The early rule keeps (1 + 1) / (10 + 1) of the average in the second step.
        source.weight!.fill_(0);
        average.Update();
        Assert.Equal(0.9f * 2 / 11, target.weight!.item<float>(), 5);
    }
}
