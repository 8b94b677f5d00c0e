using System.Text.Json;
using System.Text.Json.Nodes;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Signals.Preprocessing;
using EcgIntegration.Training.Data;
using EcgIntegration.Training.Learning;
using EcgIntegration.Training.Model;
using EcgIntegration.Training.Onnx;
using EcgIntegration.Training.Text;
using Google.Protobuf;

namespace EcgIntegration.Training.Bundles;

/// <summary>Makes a model bundle of a trained model: ONNX, label matrix, calibration and the card with what was measured.</summary>
internal static class BundleAssembly
{
    private const string Name = "ecg-resnet1d18-contrastive";
    private const string Version = "1.0.0";
    private const string Parity = "onnxParity";
    private const string CalibratedBy = "calibratedBy";

    /// <summary>Calibrates on the validation fold, measures on the test fold, and puts all of it together.</summary>
    /// <exception cref="TrainingException">The ONNX encoder does not do what the trained one does.</exception>
    public static BundleContent Create(
        TrainedModel model,
        TextEmbeddings texts,
        TrainingSettings settings,
        IReadOnlyList<Label> labels,
        DataSplit data)
    {
        var encoder = EncoderGraph.Of(model.Encoder).ToByteArray();
        var parity = ParityCheck.Measure(model, encoder, data.Validation);
        var labelMatrix = model.LabelMatrix();
        var (calibration, metrics) = BundleFigures.Measure(labels, encoder, labelMatrix, EcgEncoder.Width, model.Scale(), data);
        metrics[Parity] = new JsonObject { ["ecgs"] = ParityCheck.Ecgs, ["largestDifference"] = parity, ["allowed"] = ParityCheck.Allowed };
        var training = (JsonObject)JsonSerializer.SerializeToNode(settings, ContractJson.Compact)!;
        training["chosenEpoch"] = model.Epoch;
        training["chosenBy"] = "mean of superclass and label macro-AUROC on the validation fold, averaged weights";
        training["textEncoder"] = texts.Encoder;
        training[CalibratedBy] = BundleFigures.Method;
        return new BundleContent(
            Name,
            Version,
            Preprocessor.Version,
            EcgEncoder.Width,
            encoder,
            labelMatrix,
            labels,
            calibration,
            Data(data),
            metrics,
            training);
    }

    /// <summary>The same model with calibration and figures made anew.</summary>
    public static BundleContent Recalibrate(ModelBundle bundle, DataSplit data) => Recalibrate(bundle, File.ReadAllBytes(bundle.EncoderPath), data);

    /// <summary>
    /// A bundle of the encoder in half precision: a model of its own, with its own hash, and thresholds that were fitted on what it
    /// says itself.
    /// </summary>
    /// <param name="bundle">The bundle in single precision.</param>
    /// <param name="encoder">Its encoder as <see cref="HalfPrecision"/> has made it.</param>
    /// <param name="parity">How far that one is from the trained weights, and over how many ECGs.</param>
    /// <param name="data">The data that it was trained on.</param>
    public static BundleContent InHalfPrecision(ModelBundle bundle, byte[] encoder, (double Difference, int Ecgs) parity, DataSplit data)
    {
        var content = Recalibrate(bundle, encoder, data);
        content.Metrics[Parity] = new JsonObject { ["ecgs"] = parity.Ecgs, ["largestDifference"] = parity.Difference };
        content.Training[ModelCard.Precision] = HalfPrecision.Name;
        content.Training["singlePrecision"] = bundle.ModelSha256;
        return content with { Name = $"{content.Name}-{HalfPrecision.Name}" };
    }

    private static BundleContent Recalibrate(ModelBundle bundle, byte[] encoder, DataSplit data)
    {
        var labelMatrix = bundle.LabelMatrix.ToArray();
        var (calibration, metrics) = BundleFigures.Measure(bundle.Labels, encoder, labelMatrix, bundle.EmbeddingWidth, bundle.Calibration.LogitScale, data);
        metrics[Parity] = bundle.Card.Metrics[Parity]?.DeepClone();
        var training = (JsonObject)bundle.Card.Training.DeepClone();
        training[CalibratedBy] = BundleFigures.Method;
        return new BundleContent(
            bundle.Card.Name,
            bundle.Card.Version,
            bundle.Card.Preprocessing,
            bundle.EmbeddingWidth,
            encoder,
            labelMatrix,
            bundle.Labels,
            calibration,
            (JsonObject)bundle.Card.Data.DeepClone(),
            metrics,
            training);
    }

    private static JsonObject Data(DataSplit data) => new()
    {
        ["name"] = Joined(data, source => source.Name),
        ["licence"] = Joined(data, source => source.Licence),
        ["citation"] = Joined(data, source => source.Citation),
        ["source"] = Joined(data, source => source.Origin),
        ["labels"] = Joined(data, source => source.Labels),
        ["trainingEcgs"] = data.Training.Count,
        ["validationEcgs"] = data.Validation.Count,
        ["testEcgs"] = data.Test.Count,
        ["split"] = "strat_fold 1-8 training, 9 validation, 10 test; no patient in two folds",
        ["sources"] = new JsonArray([.. data.Sources.Select(source => source.ToJson())]),
    };

    private static string Joined(DataSplit data, Func<EcgSourceDescription, string> field) =>
        string.Join("; ", data.Sources.Select(source => field(source.About)).Distinct());
}
