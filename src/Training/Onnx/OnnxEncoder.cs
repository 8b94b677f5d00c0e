using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Data;
using EcgIntegration.Training.Model;
using Microsoft.ML.OnnxRuntime;

namespace EcgIntegration.Training.Onnx;

/// <summary>Runs an encoder as the Worker does, through ONNX Runtime on the CPU, for measuring.</summary>
internal sealed class OnnxEncoder : IDisposable
{
    private const int Batch = 32;

    private readonly InferenceSession _session;

    /// <param name="model">Content of a <c>model.onnx</c>.</param>
    public OnnxEncoder(byte[] model) => _session = new InferenceSession(model);

    /// <summary>Embeddings of ECGs.</summary>
    /// <param name="signals">ECGs x 12 x 1,000.</param>
    /// <returns>ECGs x 128.</returns>
    public float[] Embed(ReadOnlySpan<float> signals)
    {
        var count = signals.Length / EcgTensors.Length;
        var result = new float[count * EcgEncoder.Width];
        using var options = new RunOptions();
        for (var start = 0; start < count; start += Batch)
        {
            var size = Math.Min(Batch, count - start);
            using var input = OrtValue.CreateTensorValueFromMemory(
                signals.Slice(start * EcgTensors.Length, size * EcgTensors.Length).ToArray(),
                [size, 12, EcgTensors.Samples]);
            using var outputs = _session.Run(options, [BundleFiles.InputName], [input], [BundleFiles.OutputName]);
            outputs[0].GetTensorDataAsSpan<float>().CopyTo(result.AsSpan(start * EcgEncoder.Width));
        }

        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
