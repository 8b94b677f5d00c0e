using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Worker.Classification;

namespace EcgIntegration.Worker.Replay;

/// <summary>Finds the model that a replay names.</summary>
internal sealed class ReplayModels(BundleCatalogue catalogue)
{
    private const int ShortestSha = 4;

    /// <summary>The SHA-256 of the one usable bundle of this name, or whose SHA-256 begins so; <see langword="null"/> for none or several.</summary>
    public string? Resolve(string name)
    {
        var found = catalogue.List().Select(bundle => bundle.Bundle?.Card).OfType<ModelCard>()
            .Where(card => card.Name == name || (name.Length >= ShortestSha && card.ModelSha256.StartsWith(name, StringComparison.Ordinal)))
            .Select(card => card.ModelSha256).Distinct().ToList();
        return found is [var only] ? only : null;
    }
}
