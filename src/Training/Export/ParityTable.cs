using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Data;
using EcgIntegration.Training.Evaluation;
using EcgIntegration.Training.Model;
using EcgIntegration.Training.Onnx;
using EcgIntegration.Training.Onnx.Format;
using Google.Protobuf;

namespace EcgIntegration.Training.Export;

/// <summary>How far the written encoders are from the weights in the training framework.</summary>
/// <param name="Ecgs">ECGs compared.</param>
/// <param name="Rows">One an encoder.</param>
internal sealed record ParityTable(int Ecgs, IReadOnlyList<ParityRow> Rows)
{
    /// <summary>Compares encoders on ECGs.</summary>
    /// <param name="bundle">The bundle whose weights they have.</param>
    /// <param name="encoders">The written encoders by name.</param>
    /// <param name="data">The ECGs.</param>
    public static ParityTable Measure(ModelBundle bundle, IReadOnlyList<(string Name, byte[] Content)> encoders, EcgDataset data)
    {
        using var encoder = new EcgEncoder(dropout: 0);
        EncoderWeights.Load(encoder, ModelProto.Parser.ParseFrom(ByteString.CopyFrom(encoders[0].Content)));
        encoder.eval();
        var expected = encoder.Embed(data);
        var expectedLogits = Logits(bundle, expected);
        var rows = new List<ParityRow>();
        foreach (var (name, content) in encoders)
        {
            using var onnx = new OnnxEncoder(content);
            var embeddings = onnx.Embed(data.Signals);
            var logits = Logits(bundle, embeddings);
            rows.Add(new ParityRow(
                name, Largest(expected, embeddings), Largest(expectedLogits.Cast<float>(), logits.Cast<float>()), Changed(bundle, expectedLogits, logits)));
        }

        return new ParityTable(data.Count, rows);
    }

    private static float[,] Logits(ModelBundle bundle, float[] embeddings) =>
        BundleScores.Of(embeddings, bundle.LabelMatrix, bundle.EmbeddingWidth, bundle.Calibration.LogitScale);

    private static double Largest(IEnumerable<float> one, IEnumerable<float> other) =>
        one.Zip(other, (a, b) => Math.Abs(a - (double)b)).DefaultIfEmpty(double.NaN).Max();

    private static int Changed(ModelBundle bundle, float[,] expected, float[,] actual)
    {
        var index = bundle.Labels.Index().ToDictionary(label => label.Item.Code, label => label.Index, StringComparer.Ordinal);
        return bundle.Calibration.Labels.Sum(entry => Enumerable.Range(0, expected.GetLength(0)).Count(ecg =>
            IsSuggested(entry, expected[ecg, index[entry.Code]]) != IsSuggested(entry, actual[ecg, index[entry.Code]])));
    }

    private static bool IsSuggested(LabelCalibration entry, double logit) => entry.Probability(logit) >= entry.Threshold;
}

/// <summary>One encoder against the training framework.</summary>
/// <param name="Name">Its file.</param>
/// <param name="Embedding">Largest difference of an embedding's value.</param>
/// <param name="Logit">Largest difference of a logit.</param>
/// <param name="Changed">Label decisions at the thresholds that come out otherwise.</param>
internal sealed record ParityRow(string Name, double Embedding, double Logit, int Changed);
