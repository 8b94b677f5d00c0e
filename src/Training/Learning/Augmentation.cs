using static TorchSharp.torch;

namespace EcgIntegration.Training.Learning;

/// <summary>
/// Random changes of a training batch that leave the diagnosis as it is: another pace and another part of the recording, noise,
/// baseline wander, lost leads. A change of gain is none of them, since each lead is z-scored.
/// </summary>
internal static class Augmentation
{
    private const int LargestShift = 150;
    private const double NoiseLargest = 0.15;
    private const double WanderLargest = 0.2;
    private const double LeadLossChance = 0.3;
    private const double LeadLossShare = 0.15;

    /// <summary>An augmented copy of a batch [N, 12, T].</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="stretch">Largest change of pace, as a share; 0 for none.</param>
    public static Tensor Apply(Tensor batch, double stretch)
    {
        using var scope = NewDisposeScope();
        var count = batch.shape[0];
        var leads = batch.shape[1];
        var samples = batch.shape[2];

        var result = Cut(batch, stretch);
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

    /// <summary>A part of each recording, faster or slower than it was; what lies beyond the recording is zero.</summary>
    private static Tensor Cut(Tensor batch, double stretch)
    {
        var count = batch.shape[0];
        var samples = batch.shape[2];
        var centre = (samples - 1) / 2.0;
        var pace = 1 + (((rand(count, 1, 1) * 2) - 1) * stretch);
        var shift = randint(-LargestShift, LargestShift + 1, [count, 1, 1], dtype: ScalarType.Int64).to_type(ScalarType.Float32);
        var place = ((arange(samples, dtype: ScalarType.Float32).view(1, 1, samples) - centre) * pace) + centre + shift;

        // Between two samples the signal is taken for straight.
        var before = place.floor().clamp(0, samples - 2);
        var share = (place - before).clamp(0, 1);
        var index = before.to_type(ScalarType.Int64).expand(count, batch.shape[1], samples);
        var inside = ((place >= 0) & (place <= samples - 1)).to_type(ScalarType.Float32);
        return ((batch.gather(2, index) * (1 - share)) + (batch.gather(2, index + 1) * share)) * inside;
    }
}
