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

        var augmented = Augmentation.Apply(batch, stretch: 0.1);

        Assert.Equal(original.shape, augmented.shape);
        Assert.True(batch.equal(original).all().item<bool>());
        Assert.False(augmented.equal(original).all().item<bool>());
        Assert.True(augmented.abs().max().item<float>() < 3);
        Assert.True(augmented.isfinite().all().item<bool>());
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.2, 10)]
    public void The_pace_changes_up_to_the_share_given(double stretch, int fewestPaces)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        // 50 turns a recording: as many changes of sign, however it is shifted, unless its pace is another.
        var batch = (arange(1000, dtype: ScalarType.Float32) * (2 * Math.PI / 20)).sin().expand(64, 12, 1000).contiguous() * 20;

        var middle = Augmentation.Apply(batch, stretch).slice(2, 250, 750, 1);
        var crossings = (middle.slice(2, 1, 500, 1).sign() != middle.slice(2, 0, 499, 1).sign()).sum(2).to_type(ScalarType.Int32);
        var leads = crossings.view(-1).data<int>().Where(count => count > 0).ToArray();

        Assert.InRange(leads.Min(), (int)(50 * (1 - stretch)) - 2, 51);
        Assert.InRange(leads.Max(), 49, (int)(50 * (1 + stretch)) + 2);
        Assert.InRange(leads.Distinct().Count(), fewestPaces, 25);
    }

    [Fact]
    public void Some_leads_are_lost_and_most_are_kept()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);

        var lost = (Augmentation.Apply(ones(200, 12, 1000), stretch: 0.1).abs().sum(2) == 0).to_type(ScalarType.Float32).mean().item<float>();

        Assert.InRange(lost, 0.02, 0.09);
    }
}
