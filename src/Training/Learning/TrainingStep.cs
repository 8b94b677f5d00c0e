using EcgIntegration.Training.Model;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EcgIntegration.Training.Learning;

/// <summary>One step of gradient descent. Every tensor it makes is gone when it returns, so memory stays flat.</summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly ContrastiveModel _model;
    private readonly Tensor _texts;
    private readonly Tensor _trained;
    private readonly TrainingSettings _settings;
    private readonly AdamW _optimizer;
    private readonly OneCycle _cycle;

    /// <param name="model">The model to train.</param>
    /// <param name="texts">Text vectors of the trained labels.</param>
    /// <param name="trained">Indexes of the trained labels in the catalogue.</param>
    /// <param name="settings">Learning rate, decay and weights of the losses.</param>
    /// <param name="steps">Steps of the whole run.</param>
    public TrainingStep(ContrastiveModel model, Tensor texts, IReadOnlyList<int> trained, TrainingSettings settings, int steps)
    {
        _model = model;
        _texts = texts;
        _trained = tensor(trained.Select(label => (long)label).ToArray(), device: texts.device);
        _settings = settings;
        _optimizer = optim.AdamW(model.parameters(), lr: settings.LearningRate, weight_decay: settings.WeightDecay);
        _cycle = new OneCycle(settings.LearningRate, steps, settings.WarmUp);
    }

    /// <summary>Steps done.</summary>
    public int Steps { get; private set; }

    /// <summary>Learns from one batch and returns its loss.</summary>
    /// <exception cref="TrainingException">The loss is no number any more.</exception>
    public double Run(TrainingBatch batch)
    {
        using var scope = NewDisposeScope();
        Pace();
        _optimizer.zero_grad();
        var cosine = _model.Ecg.forward(batch.Signals).mm(_model.LabelMatrix(_texts).t());
        var logits = cosine * _model.Scale();
        var loss = ContrastiveLoss.Of(logits, batch.Targets);
        if (_settings.SigmoidWeight > 0)
        {
            var biased = logits + _model.LabelBias.index_select(0, _trained);
            loss = loss + (_settings.SigmoidWeight * nn.functional.binary_cross_entropy_with_logits(biased, batch.Targets, reduction: nn.Reduction.Sum) / batch.Targets.shape[0]);
        }

        var value = loss.item<float>();
        if (!float.IsFinite(value))
        {
            throw new TrainingException("The training loss is no number any more: lower the learning rate.");
        }

        loss.backward();
        nn.utils.clip_grad_norm_(_model.parameters(), _settings.GradientNorm);
        _optimizer.step();
        Steps++;
        return value;
    }

    /// <summary>Writes the optimizer's state.</summary>
    public void Save(BinaryWriter writer) => _optimizer.save_state_dict(writer);

    /// <summary>Takes up an optimizer's state after a number of steps.</summary>
    public void Load(BinaryReader reader, int steps)
    {
        _optimizer.load_state_dict(reader);
        Steps = steps;
    }

    private void Pace()
    {
        var (rate, momentum) = _cycle.At(Steps);
        foreach (var group in _optimizer.ParamGroups)
        {
            group.LearningRate = rate;
            if (group is optim.IBetas betas)
            {
                betas.Betas = (momentum, betas.Betas.Item2);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _trained.Dispose();
    }
}
