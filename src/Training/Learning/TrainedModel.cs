using EcgIntegration.Training.Data;
using EcgIntegration.Training.Model;
using static TorchSharp.torch;

namespace EcgIntegration.Training.Learning;

/// <summary>The weights of the chosen epoch, and what they say about ECGs.</summary>
/// <param name="model">The weights.</param>
/// <param name="texts">Labels x width of the text encoder.</param>
/// <param name="labelCount">Labels of the catalogue.</param>
/// <param name="epoch">See <see cref="Epoch"/>.</param>
/// <param name="device">Where the weights are.</param>
internal sealed class TrainedModel(ContrastiveModel model, float[] texts, int labelCount, int epoch, Device device) : IDisposable
{
    private const int EvaluationBatch = 64;

    /// <summary>The epoch whose averaged weights these are.</summary>
    public int Epoch => epoch;

    /// <summary>The ECG encoder, in evaluation mode.</summary>
    public EcgEncoder Encoder => model.Ecg;

    /// <summary>Factor between cosine similarity and logit.</summary>
    public float Scale()
    {
        using var scope = NewDisposeScope();
        using var gradless = no_grad();
        return model.Scale().item<float>();
    }

    /// <summary>Labels x 128, each row L2-normalised.</summary>
    public float[] LabelMatrix()
    {
        using var scope = NewDisposeScope();
        using var gradless = no_grad();
        return [.. model.LabelMatrix(Texts()).cpu().data<float>()];
    }

    /// <summary>Embeddings of all ECGs of a set, ECGs x 128.</summary>
    public float[] Embed(EcgDataset data)
    {
        model.eval();
        var result = new float[data.Count * EcgEncoder.Width];
        using var gradless = no_grad();
        for (var start = 0; start < data.Count; start += EvaluationBatch)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(EvaluationBatch, data.Count - start);
            var batch = tensor(data.Signals.AsSpan(start * EcgTensors.Length, count * EcgTensors.Length).ToArray()).view(count, 12, EcgTensors.Samples).to(device);
            model.Ecg.forward(batch).cpu().data<float>().CopyTo(result.AsSpan(start * EcgEncoder.Width));
        }

        return result;
    }

    /// <summary>Logits of all ECGs of a set, ECGs x labels.</summary>
    public float[,] Score(EcgDataset data)
    {
        var embeddings = Embed(data);
        using var scope = NewDisposeScope();
        using var gradless = no_grad();
        var logits = model.Scale() * tensor(embeddings, device: device).view(data.Count, -1).mm(model.LabelMatrix(Texts()).t());
        return (float[,])logits.cpu().data<float>().ToNDArray();
    }

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();

    private Tensor Texts() => tensor(texts, device: device).view(labelCount, -1);
}
