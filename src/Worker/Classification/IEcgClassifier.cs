namespace EcgIntegration.Worker.Classification;

/// <summary>Scores ECGs against every label of the model bundle.</summary>
internal interface IEcgClassifier
{
    /// <summary>The model and the device that run.</summary>
    ModelInfo Model { get; }

    /// <summary>
    /// Scores one ECG. Waits while the queue is full. Once the task has ended, however it ended, the memory is the
    /// caller's again: a cancellation that comes while a batch is under way waits for that batch, some milliseconds.
    /// </summary>
    /// <param name="windows">Windows x 12 x 1000, preprocessed; not to be changed before the task has ended.</param>
    /// <param name="priority">Whose turn it is where windows wait.</param>
    /// <param name="cancellationToken">Gives this ECG up without disturbing those it waits with.</param>
    /// <exception cref="ModelOutputException">The model gave no usable result for this ECG.</exception>
    /// <exception cref="ClassifierStoppingException">The worker is shutting down: try again later.</exception>
    /// <exception cref="ModelUnavailableException">The model was unloaded meanwhile, and its bundle is no longer there.</exception>
    /// <exception cref="ArgumentException">Not a whole number of windows, or none.</exception>
    Task<ClassificationResult> ClassifyAsync(ReadOnlyMemory<float> windows, WindowPriority priority, CancellationToken cancellationToken);
}

/// <summary>Shorter forms.</summary>
internal static class EcgClassifierExtensions
{
    /// <summary>Scores an ECG that somebody waits for.</summary>
    public static Task<ClassificationResult> ClassifyAsync(
        this IEcgClassifier classifier, ReadOnlyMemory<float> windows, CancellationToken cancellationToken) =>
        classifier.ClassifyAsync(windows, WindowPriority.Foreground, cancellationToken);
}
