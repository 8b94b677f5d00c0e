using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Data;
using EcgIntegration.Training.Model;
using EcgIntegration.Training.Onnx;
using static TorchSharp.torch;

namespace EcgIntegration.Training.Evaluation;

/// <summary>A bundle measured on a fold of the data it was trained on, and on data of other hospitals.</summary>
/// <param name="Bundle">The bundle.</param>
/// <param name="Sets">The fold, then the others in the order given.</param>
internal sealed record ModelEvaluation(ModelBundle Bundle, IReadOnlyList<EvaluatedSet> Sets)
{
    private const int BaselineSeed = 1;

    /// <summary>Measures a bundle through ONNX Runtime, as the Worker runs it.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="split">The data it was trained on, without what it was kept from.</param>
    /// <param name="fold">9 or 10.</param>
    /// <param name="others">Data it never saw, with their names.</param>
    public static ModelEvaluation Of(ModelBundle bundle, DataSplit split, int fold, IReadOnlyList<(string Name, EcgDataset Ecgs)> others)
    {
        using var onnx = new OnnxEncoder(File.ReadAllBytes(bundle.EncoderPath));
        var matrix = bundle.LabelMatrix.ToArray();
        float[,] Score(float[] embeddings) => BundleScores.Of(embeddings, matrix, bundle.EmbeddingWidth, bundle.Calibration.LogitScale);

        random.manual_seed(BaselineSeed);
        using var untrained = new EcgEncoder(dropout: 0);
        untrained.eval();
        var known = untrained.Embed(split.Training);
        var model = new EvaluatedModel(bundle.Labels, split.TrainingPositives(), HeldOut(bundle), bundle.Calibration);
        var thresholds = FThresholds.Of(
            model.Labels, new ScoredSet(Score(onnx.Embed(split.Validation.Signals)), split.Validation.Present), model.TrainingPositives);
        var sets = new List<EvaluatedSet>();
        foreach (var (name, ecgs) in others.Prepend(($"fold {fold}", fold == 9 ? split.Validation : split.Test)))
        {
            var embeddings = onnx.Embed(ecgs.Signals);
            var scored = new ScoredSet(Score(embeddings), ecgs.Present);
            var baseline = scored with { Logits = LinearProbe.Score(known, split.Training.Present, untrained.Embed(ecgs), EcgEncoder.Width) };
            sets.Add(new EvaluatedSet(SetFigures.Measure(name, model, scored, baseline, thresholds), scored, embeddings, model.Trained));
        }

        return new ModelEvaluation(bundle, sets);
    }

    /// <summary>The labels that a bundle's training was kept from, by its card.</summary>
    public static IReadOnlyList<string> HeldOut(ModelBundle bundle) =>
        ((string?)bundle.Card.Training["holdOut"] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>A measured set and what it was measured from, for plots.</summary>
/// <param name="Figures">The figures.</param>
/// <param name="Scored">Scores and labels.</param>
/// <param name="Embeddings">ECGs x width.</param>
/// <param name="Trained">Indexes of the labels that the model has learned.</param>
internal sealed record EvaluatedSet(SetFigures Figures, ScoredSet Scored, float[] Embeddings, IReadOnlyList<int> Trained);
