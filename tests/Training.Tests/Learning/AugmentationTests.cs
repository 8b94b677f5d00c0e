using EcgIntegration.Training.Learning;
using EcgIntegration.Training.Tests.Support;
using static TorchSharp.torch;

namespace EcgIntegration.Training.Tests.Learning;

[Collection(TorchRandom.Name)]
public sealed class AugmentationTests
{
    [Fact]
    public void Changes_the_signal_a_little_and_never_its_shape_or_its_source()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        var batch = (arange(1000, dtype: ScalarType.Float32) * 0.1).sin().expand(16, 12, 1000).contiguous();
        var original = batch.clone();

        var augmented = Augmentation.Apply(batch);

        Assert.Equal(original.shape, augmented.shape);
        Assert.True(batch.equal(original).all().item<bool>());
        Assert.False(augmented.equal(original).all().item<bool>());
        Assert.True(augmented.abs().max().item<float>() < 3);
        Assert.True(augmented.isfinite().all().item<bool>());
    }

    [Fact]
    public void Some_leads_are_lost_and_most_are_kept()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);

        var lost = (Augmentation.Apply(ones(200, 12, 1000)).abs().sum(2) == 0).to_type(ScalarType.Float32).mean().item<float>();

        Assert.InRange(lost, 0.02, 0.09);
    }
}
