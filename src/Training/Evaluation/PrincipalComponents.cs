using static TorchSharp.torch;

namespace EcgIntegration.Training.Evaluation;

/// <summary>The two directions in which embeddings differ most.</summary>
internal static class PrincipalComponents
{
    /// <summary>Where each ECG lies.</summary>
    /// <param name="embeddings">ECGs x width.</param>
    /// <param name="width">Length of an embedding.</param>
    public static IReadOnlyList<(float X, float Y)> Of(float[] embeddings, int width)
    {
        using var scope = NewDisposeScope();
        using var gradless = no_grad();
        var centred = tensor(embeddings).view(-1, width);
        centred = centred - centred.mean([0]);
        var (_, _, directions) = linalg.svd(centred, fullMatrices: false);
        var places = centred.mm(directions.narrow(0, 0, 2).t()).data<float>().ToArray();
        return [.. Enumerable.Range(0, places.Length / 2).Select(ecg => (places[2 * ecg], places[(2 * ecg) + 1]))];
    }
}
