using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Worker.Classification;

namespace EcgIntegration.Worker.Replay;

/// <summary>Finds the model and the label that a replay names.</summary>
internal sealed class ReplayModels(BundleCatalogue catalogue)
{
    private const int ShortestSha = 4;

    /// <summary>The SHA-256 of the one usable bundle of this name, or whose SHA-256 begins so; <see langword="null"/> for none or several.</summary>
    public string? Resolve(string name)
    {
        var found = Bundles().Select(bundle => bundle.Card)
            .Where(card => card.Name == name || (name.Length >= ShortestSha && card.ModelSha256.StartsWith(name, StringComparison.OrdinalIgnoreCase)))
            .Select(card => card.ModelSha256).Distinct().ToList();
        return found is [var only] ? only : null;
    }

    /// <summary>Writes the label of a selection as the catalogues do.</summary>
    /// <param name="selection">As it was asked for.</param>
    /// <param name="jobs">Knows what models without a bundle here have suggested.</param>
    /// <param name="words">How the refusal calls the parameter.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The selection, and the reason why its label can select nothing.</returns>
    public async Task<(ReplaySelection Selection, Reason? Reason)> ResolveLabelAsync(
        ReplaySelection selection, IReplayJobs jobs, ReplayWords words, CancellationToken cancellationToken)
    {
        if (selection.Label is not { } asked)
        {
            return (selection, null);
        }

        var codes = Bundles().SelectMany(bundle => bundle.Labels).Select(label => label.Code).Distinct().ToList();
        if ((codes.Find(code => code == asked) ?? codes.Find(code => code.Equals(asked, StringComparison.OrdinalIgnoreCase))) is { } known)
        {
            return (selection with { Label = known }, null);
        }

        return await jobs.IsSuggestedAsync(asked, cancellationToken)
            ? (selection, null)
            : (selection, ReplayReasons.LabelUnknown.At(ReplayParameter.Label.Name, words.Of(ReplayParameter.Label)));
    }

    private IEnumerable<ModelBundle> Bundles() => catalogue.List().Select(bundle => bundle.Bundle).OfType<ModelBundle>();
}
