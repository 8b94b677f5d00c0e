using EcgIntegration.Training.Data;
using EcgIntegration.Training.Learning;
using EcgIntegration.Training.Onnx;

namespace EcgIntegration.Training.Bundles;

/// <summary>Holds the written ONNX encoder to the one that was trained.</summary>
internal static class ParityCheck
{
    /// <summary>Largest difference of an embedding value allowed.</summary>
    public const double Allowed = 1e-4;

    /// <summary>ECGs compared.</summary>
    public const int Ecgs = 32;

    /// <summary>The largest difference between both on real ECGs.</summary>
    /// <exception cref="TrainingException">They differ by more than <see cref="Allowed"/>.</exception>
    public static double Measure(TrainedModel model, byte[] encoder, EcgDataset data)
    {
        var count = Math.Min(Ecgs, data.Count);
        using var onnx = new OnnxEncoder(encoder);
        var written = onnx.Embed(data.Signals.AsSpan(0, count * EcgTensors.Length));
        var trained = model.Embed(data);
        var largest = written.Index().Max(value => Math.Abs(value.Item - (double)trained[value.Index]));
        return largest <= Allowed
            ? largest
            : throw new TrainingException($"The ONNX encoder differs from the trained one by {largest:E1}, more than {Allowed:E1}: the bundle was not written.");
    }
}
