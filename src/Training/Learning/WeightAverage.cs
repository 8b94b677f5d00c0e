using static TorchSharp.torch;

namespace EcgIntegration.Training.Learning;

/// <summary>
/// Exponential moving average of a model's parameters; BatchNorm's running figures are averages already and follow as
/// they are.
/// </summary>
internal sealed class WeightAverage(nn.Module source, nn.Module target, double decay) : IDisposable
{
    private readonly (Tensor From, Tensor To)[] _parameters =
        [.. source.parameters().Zip(target.parameters(), (from, to) => ((Tensor)from, (Tensor)to))];

    private readonly (Tensor From, Tensor To)[] _buffers =
        [.. source.buffers().Zip(target.buffers(), (from, to) => (from, to))];

    /// <summary>Steps taken in so far.</summary>
    public int Steps { get; set; }

    /// <summary>Takes in the source's weights after a step.</summary>
    public void Update()
    {
        // Early on the average would otherwise hold mostly its starting point.
        var keep = Math.Min(decay, (1.0 + Steps) / (10 + Steps));
        Steps++;
        using var scope = NewDisposeScope();
        using var gradless = no_grad();
        foreach (var (from, to) in _parameters)
        {
            to.mul_(keep).add_(from, alpha: 1 - keep);
        }

        foreach (var (from, to) in _buffers)
        {
            to.copy_(from);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => target.Dispose();
}
