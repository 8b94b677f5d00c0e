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
    public static BundleContent Recalibrate(ModelBundle bundle, DataSplit data)
    {
        var encoder = File.ReadAllBytes(bundle.EncoderPath);
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
        ["name"] = "PTB-XL",
        ["licence"] = "CC BY 4.0",
        ["citation"] = "Wagner P, et al. PTB-XL, a large publicly available electrocardiography dataset. Scientific Data 7, 154 (2020). doi:10.1038/s41597-020-0495-6",
        ["source"] = "PhysioNet, doi:10.13026/kfzx-aw45",
        ["labels"] = "a diagnostic statement with likelihood above 0, every form and rhythm statement",
        ["trainingEcgs"] = data.Training.Count,
        ["validationEcgs"] = data.Validation.Count,
        ["testEcgs"] = data.Test.Count,
        ["split"] = "strat_fold 1-8 training, 9 validation, 10 test; no patient in two folds",
    };
}
