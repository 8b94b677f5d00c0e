namespace EcgIntegration.Training.Learning;

/// <summary>Settings of a run; the defaults are those of the shipped bundle. All are written to the model card.</summary>
internal sealed record TrainingSettings
{
    /// <summary>Passes over the training folds.</summary>
    public int Epochs { get; init; } = 24;

    /// <summary>Seed of weights, order and augmentation.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>ECGs a step.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Peak of the one-cycle learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Share of the steps in which the learning rate rises.</summary>
    public double WarmUp { get; init; } = 0.25;

    /// <summary>Decoupled weight decay of AdamW.</summary>
    public double WeightDecay { get; init; } = 0.1;

    /// <summary>Largest norm of a step's gradient.</summary>
    public double GradientNorm { get; init; } = 1;

    /// <summary>Weight of the auxiliary sigmoid loss beside the contrastive one; 0 leaves it out.</summary>
    public double SigmoidWeight { get; init; } = 1;

    /// <summary>Dropout before the projection.</summary>
    public double Dropout { get; init; } = 0.2;

    /// <summary>Strength of mixing two ECGs and their labels (the Beta distribution's parameter); 0 mixes none.</summary>
    public double Mixup { get; init; } = 0.2;

    /// <summary>Largest change of an ECG's pace, as a share; 0 leaves it. A rate just beside a limit can cross it, so it is small.</summary>
    public double Stretch { get; init; } = 0.1;

    /// <summary>Decay of the averaged weights, a step.</summary>
    public double AverageDecay { get; init; } = 0.997;

    /// <summary>Epochs without a better one on the validation fold after which the run ends early; 0 runs all.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>Codes of labels that training is kept from, by comma, so that zero-shot can be measured on them.</summary>
    public string HoldOut { get; init; } = "";

    /// <summary>The codes of <see cref="HoldOut"/>.</summary>
    public IReadOnlyList<string> HeldOut() => HoldOut.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Checks all values.</summary>
    /// <exception cref="TrainingException">One is out of its range.</exception>
    public void Validate()
    {
        var problem = this switch
        {
            { Epochs: < 1 } => "epochs must be at least 1",
            { BatchSize: < 2 } => "batchSize must be at least 2",
            { LearningRate: not (> 0 and < 1) } => "learningRate must be between 0 and 1",
            { WarmUp: not (> 0 and < 1) } => "warmUp must be between 0 and 1",
            { WeightDecay: not (>= 0 and < 1) } => "weightDecay must be 0 to 1",
            { GradientNorm: not > 0 } => "gradientNorm must be positive",
            { SigmoidWeight: not >= 0 } => "sigmoidWeight must not be negative",
            { Dropout: not (>= 0 and < 1) } => "dropout must be 0 to 1",
            { Mixup: not >= 0 } => "mixup must not be negative",
            { Stretch: not (>= 0 and < 0.5) } => "stretch must be 0 to 0.5",
            { AverageDecay: not (>= 0 and < 1) } => "averageDecay must be 0 to 1",
            { Patience: < 0 } => "patience must not be negative",
            _ => null,
        };
        if (problem is not null)
        {
            throw new TrainingException($"The training settings cannot be used: {problem}.");
        }
    }
}
