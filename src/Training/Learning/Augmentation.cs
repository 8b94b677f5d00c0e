using static TorchSharp.torch;

namespace EcgIntegration.Training.Learning;

/// <summary>
/// Random changes of a training batch that leave the diagnosis as it is: shift in time, noise, baseline wander, lost
/// leads. A change of gain is none of them, since each lead is z-scored.
/// </summary>
internal static class Augmentation
{
    private const int LargestShift = 150;
    private const double NoiseLargest = 0.15;
    private const double WanderLargest = 0.2;
    private const double LeadLossChance = 0.3;
    private const double LeadLossShare = 0.15;

    /// <summary>An augmented copy of a batch [N, 12, T].</summary>
    public static Tensor Apply(Tensor batch)
    {
        using var scope = NewDisposeScope();
        var count = batch.shape[0];
        var leads = batch.shape[1];
        var samples = batch.shape[2];

        var shift = randint(-LargestShift, LargestShift + 1, [count, 1, 1], dtype: ScalarType.Int64);
        var index = arange(samples, dtype: ScalarType.Int64).view(1, 1, samples) + shift;
        var inside = ((index >= 0) & (index < samples)).to_type(ScalarType.Float32);
        var result = batch.gather(2, index.clamp(0, samples - 1).expand(count, leads, samples)) * inside;

        var noise = rand(count, 1, 1) * NoiseLargest;
        result = result + (randn(count, leads, samples) * noise);

        var seconds = arange(samples, dtype: ScalarType.Float32).view(1, 1, samples) / 100;
        var frequency = (rand(count, 1, 1) * 0.4) + 0.1;
        var phase = rand(count, leads, 1);
        result = result + ((((seconds * frequency) + phase) * (2 * Math.PI)).sin() * (rand(count, leads, 1) * WanderLargest));

        var losing = rand(count, 1, 1) < LeadLossChance;
        var lost = (rand(count, leads, 1) < LeadLossShare) & losing;
        return (result * lost.logical_not().to_type(ScalarType.Float32)).MoveToOuterDisposeScope();
    }
}
