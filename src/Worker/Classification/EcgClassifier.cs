using System.Numerics.Tensors;
using EcgIntegration.Contracts.Bundles;
using Microsoft.Extensions.Logging.Abstractions;

namespace EcgIntegration.Worker.Classification;

/// <summary>Micro-batches windows into the encoder and scores each embedding against the bundle's labels.</summary>
internal sealed class EcgClassifier : IEcgClassifier, IAsyncDisposable
{
    private const string SinglePrecision = "fp32";

    // Embeddings are L2-normalised by the model; fp32 keeps the norm within some 1e-6 of 1.
    private const float NormTolerance = 1e-3f;

    // A CPU gains little by batches, and a foreground window may have to wait for a whole one; a GPU needs them.
    private const int CpuBackgroundBatch = 2;

    private readonly ModelBundle _bundle;
    private readonly OnnxEncoder _encoder;
    private readonly ILogger _logger;
    private readonly string _precision;
    private readonly MicroBatcher<ReadOnlyMemory<float>, WindowScores> _batcher;

    private EcgClassifier(
        ModelBundle bundle, OnnxEncoder encoder, ModelOptions options, TimeProvider time, ILogger logger, InferenceGate? gate)
    {
        _bundle = bundle;
        _encoder = encoder;
        _logger = logger;
        var card = bundle.Card;
        _precision = (string?)card.Training[ModelCard.Precision] ?? SinglePrecision;
        Model = new(
            card.ModelSha256, card.Name, card.Version, encoder.Device is Device.Cuda ? "cuda" : "cpu", encoder.Provider);
        _batcher = new(Run, options.MaxBatch, options.MaxDelay, options.QueueCapacity, time, logger, gate,
            encoder.Device is Device.Cpu ? Math.Min(CpuBackgroundBatch, options.MaxBatch) : options.MaxBatch);
    }

    public ModelInfo Model { get; }

    /// <summary>Windows that wait for their batch.</summary>
    public int Waiting => _batcher.Waiting;

    /// <summary>Loads the encoder of a bundle on the device asked for.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="options">Device, threads and batches.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Hears which model runs where.</param>
    /// <param name="gate">Shared by the classifiers of one worker; by default this one has the device for itself.</param>
    /// <exception cref="ModelBundleException">The bundle's encoder cannot be used.</exception>
    /// <exception cref="DeviceUnavailableException">The device ordered does not work.</exception>
    public static EcgClassifier Load(
        ModelBundle bundle, ModelOptions options, TimeProvider time, ILogger? logger = null, InferenceGate? gate = null)
    {
        logger ??= NullLogger.Instance;
        var encoder = OnnxEncoder.Load(bundle, options, logger);
        var classifier = new EcgClassifier(bundle, encoder, options, time, logger, gate);
        Log.ModelReady(
            logger,
            classifier.Model.Name,
            classifier.Model.Version,
            classifier.Model.Sha256,
            classifier.Model.Device,
            bundle.Labels.Count,
            bundle.Calibration.Labels.Count,
            options.MaxBatch,
            options.EffectiveIntraOpThreads);
        return classifier;
    }

    public async Task<ClassificationResult> ClassifyAsync(
        ReadOnlyMemory<float> windows, WindowPriority priority, CancellationToken cancellationToken)
    {
        var (count, rest) = Math.DivRem(windows.Length, OnnxEncoder.WindowLength);
        if (count == 0 || rest != 0)
        {
            throw new ArgumentException($"Expected one or more windows of {OnnxEncoder.WindowLength} values.", nameof(windows));
        }

        var labels = _bundle.Labels.Count;
        var logits = new float[count * labels];
        var similarity = new float[count];
        var batchSize = 0;

        // A long recording goes in by the batch, so that it never keeps a single ECG waiting for longer than one of them.
        foreach (var chunk in Enumerable.Range(0, count).Chunk(_encoder.MaxBatch))
        {
            // WhenAll ends when all have ended: after a fault, too, nobody still reads the caller's memory.
            var scores = await Task.WhenAll(chunk.Select(window =>
                _batcher.SubmitAsync(windows.Slice(window * OnnxEncoder.WindowLength, OnnxEncoder.WindowLength), priority, cancellationToken)));
            foreach (var (window, score) in chunk.Zip(scores))
            {
                score.Logits.CopyTo(logits, window * labels);
                similarity[window] = score.MaxSimilarity;
                batchSize = Math.Max(batchSize, score.BatchSize);
            }
        }

        return new(logits, count, labels, similarity, new(Model.Provider, _precision, batchSize));
    }

    /// <summary>Finishes what was accepted and refuses what comes; gives the remainder up when the token fires.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Log.Draining(_logger, Waiting);
        return _batcher.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _batcher.DisposeAsync();
        _encoder.Dispose();
    }

    private ValueTask<IReadOnlyList<ItemOutcome<WindowScores>>> Run(
        IReadOnlyList<ReadOnlyMemory<float>> windows, CancellationToken cancellationToken)
    {
        var width = _bundle.EmbeddingWidth;
        var embeddings = _encoder.Encode(windows);
        var outcomes = new ItemOutcome<WindowScores>[windows.Count];
        for (var i = 0; i < outcomes.Length; i++)
        {
            outcomes[i] = Score(embeddings.Slice(i * width, width), windows.Count);
        }

        return new(outcomes);
    }

    private ItemOutcome<WindowScores> Score(ReadOnlySpan<float> embedding, int batchSize)
    {
        // NaN fails the comparison, so it is caught here as well.
        if (!(Math.Abs(TensorPrimitives.Norm(embedding) - 1) <= NormTolerance))
        {
            Log.UnusableOutput(_logger, batchSize);
            return new ModelOutputException("The model's embedding of this ECG is not a normalised vector of numbers.");
        }

        var logits = new float[_bundle.Labels.Count];
        _bundle.Score(embedding, logits);
        return new WindowScores(logits, (float)(TensorPrimitives.Max(logits) / _bundle.Calibration.LogitScale), batchSize);
    }

    /// <summary>What becomes of one window.</summary>
    private sealed record WindowScores(float[] Logits, float MaxSimilarity, int BatchSize);
}
