using EcgIntegration.Training.Data;
using static TorchSharp.torch;

namespace EcgIntegration.Training.Learning;

/// <summary>Shuffled, augmented batches; the last, smaller one of an epoch is left out, as BatchNorm wants full ones.</summary>
internal sealed class TrainingBatches : IDisposable
{
    private readonly Tensor _signals;
    private readonly Tensor _targets;
    private readonly TrainingSettings _settings;
    private readonly Device _device;

    /// <param name="data">The training folds.</param>
    /// <param name="trained">Labels that take part: those with at least one ECG.</param>
    /// <param name="settings">Batch size, mixing and seed.</param>
    /// <param name="device">Where the batches go.</param>
    public TrainingBatches(EcgDataset data, IReadOnlyList<int> trained, TrainingSettings settings, Device device)
    {
        _settings = settings;
        _device = device;
        _signals = tensor(data.Signals).view(data.Count, 12, EcgTensors.Samples);
        var targets = new float[data.Count, trained.Count];
        for (var i = 0; i < data.Count; i++)
        {
            for (var label = 0; label < trained.Count; label++)
            {
                targets[i, label] = data.Present[i, trained[label]] ? 1 : 0;
            }
        }

        _targets = tensor(targets);
        StepsPerEpoch = Math.Max(1, data.Count / settings.BatchSize);
    }

    /// <summary>Batches an epoch.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>One pass in an order of its own; each batch is the caller's to dispose.</summary>
    /// <param name="epoch">Its number: order and augmentation follow from it and the seed, whatever ran before.</param>
    public IEnumerable<TrainingBatch> Epoch(int epoch)
    {
        random.manual_seed(((long)_settings.Seed << 20) + epoch);
        var order = Enumerable.Range(0, (int)_signals.shape[0]).Select(i => (long)i).ToArray();
        new Random(OrderSeed(epoch)).Shuffle(order);
        for (var step = 0; step < StepsPerEpoch; step++)
        {
            yield return Create([.. order.Skip(step * _settings.BatchSize).Take(_settings.BatchSize)]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _signals.Dispose();
        _targets.Dispose();
    }

    // System.HashCode differs from run to run.
    private int OrderSeed(int epoch) => unchecked((_settings.Seed * 1_000_003) + epoch);

    private TrainingBatch Create(long[] chosen)
    {
        using var scope = NewDisposeScope();
        var index = tensor(chosen);
        var signals = Augmentation.Apply(_signals.index_select(0, index), _settings.Stretch);
        var targets = _targets.index_select(0, index);
        if (_settings.Mixup > 0)
        {
            var share = distributions.Beta(tensor((float)_settings.Mixup), tensor((float)_settings.Mixup)).sample(chosen.Length);
            share = maximum(share, 1 - share);
            var other = randperm(chosen.Length, dtype: ScalarType.Int64);
            signals = (signals * share.view(-1, 1, 1)) + (signals.index_select(0, other) * (1 - share).view(-1, 1, 1));
            targets = (targets * share.view(-1, 1)) + (targets.index_select(0, other) * (1 - share).view(-1, 1));
        }

        return new TrainingBatch(signals.to(_device).MoveToOuterDisposeScope(), targets.to(_device).MoveToOuterDisposeScope());
    }
}

/// <summary>One batch.</summary>
/// <param name="Signals">[N, 12, 1000].</param>
/// <param name="Targets">[N, trained labels], 0 to 1.</param>
internal sealed record TrainingBatch(Tensor Signals, Tensor Targets) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Signals.Dispose();
        Targets.Dispose();
    }
}
