using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Contracts.Events;

namespace EcgIntegration.Worker.Suggestions;

/// <summary>
/// What a model can suggest, and which critical findings it cannot. A reader who does not know this takes the absence of a
/// finding for its exclusion.
/// </summary>
/// <param name="Labels">Labels that the bundle scores.</param>
/// <param name="Suggestible">Those with a threshold that are not defined by voltage, the most urgent first.</param>
/// <param name="CriticalBeyond">Critical labels without one: they are never suggested.</param>
internal sealed record SuggestionScope(int Labels, IReadOnlyList<Label> Suggestible, IReadOnlyList<Label> CriticalBeyond)
{
    /// <summary>The scope of a bundle.</summary>
    public static SuggestionScope Of(ModelBundle bundle)
    {
        var labels = bundle.Labels.Select((label, index) => (Label: label, Suggestible: VoltageLabels.IsSuggestible(bundle, index))).ToList();
        return new(
            labels.Count,
            [.. labels.Where(one => one.Suggestible).Select(one => one.Label).OrderByDescending(label => label.Urgency)],
            [.. labels.Where(one => !one.Suggestible && one.Label.Urgency is Urgency.Critical).Select(one => one.Label)]);
    }
}
