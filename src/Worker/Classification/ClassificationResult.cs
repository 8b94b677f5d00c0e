namespace EcgIntegration.Worker.Classification;

/// <summary>What the model says about one ECG.</summary>
/// <param name="Logits">Windows x labels, row-major, labels in the order of the bundle; every value finite.</param>
/// <param name="Windows">Number of windows, at least 1.</param>
/// <param name="Labels">Number of labels of the bundle.</param>
/// <param name="MaxSimilarity">For each window the largest cosine similarity over all labels, -1 to 1.</param>
/// <param name="Execution">How the model ran.</param>
internal sealed record ClassificationResult(float[] Logits, int Windows, int Labels, float[] MaxSimilarity, Execution Execution)
{
    /// <summary>The logits of one window, in the order of the bundle's labels.</summary>
    public ReadOnlySpan<float> LogitsOf(int window) => Logits.AsSpan(window * Labels, Labels);
}

/// <summary>How the model ran; recorded with every result.</summary>
/// <param name="Provider">ONNX Runtime's name of the execution provider: <c>CPUExecutionProvider</c> or <c>CUDAExecutionProvider</c>.</param>
/// <param name="Precision">Arithmetic of the convolutions: <c>fp32</c>, or <c>fp16</c> where the bundle says so.</param>
/// <param name="BatchSize">Windows in the batch it ran in; the largest where the windows of one ECG ran in several.</param>
internal sealed record Execution(string Provider, string Precision, int BatchSize);
