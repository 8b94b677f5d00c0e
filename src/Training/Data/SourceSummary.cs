using System.Text.Json.Nodes;

namespace EcgIntegration.Training.Data;

/// <summary>What a source gave, for reports and the model card.</summary>
/// <param name="About">The source.</param>
/// <param name="Ecgs">ECGs that take part.</param>
/// <param name="Labels">Labels on them, all together.</param>
/// <param name="DistinctLabels">Different labels among these.</param>
/// <param name="Unmapped">Terms without a label of the catalogue, by the number of ECGs that carry them.</param>
/// <param name="LeftOut">ECGs that do not take part, by reason.</param>
internal sealed record SourceSummary(
    EcgSourceDescription About,
    int Ecgs,
    int Labels,
    int DistinctLabels,
    IReadOnlyList<TermCount> Unmapped,
    IReadOnlyList<TermCount> LeftOut)
{
    /// <summary>Counts a source's content.</summary>
    public static SourceSummary Of(EcgSourceDescription about, EcgSourceContent content) => new(
        about,
        content.Examples.Count,
        content.Examples.Sum(example => example.Labels.Count),
        content.Examples.SelectMany(example => example.Labels).Distinct(StringComparer.Ordinal).Count(),
        content.Unmapped,
        content.LeftOut);

    /// <summary>The counts under the source's name, for the model card and for results.</summary>
    public JsonObject ToJson() => new()
    {
        ["name"] = About.Name,
        ["ecgs"] = Ecgs,
        ["labels"] = Labels,
        ["distinctLabels"] = DistinctLabels,
        ["unmapped"] = Counts(Unmapped),
        ["leftOut"] = Counts(LeftOut),
    };

    private static JsonObject Counts(IReadOnlyList<TermCount> counts) =>
        new(counts.Select(count => KeyValuePair.Create(count.Term, (JsonNode?)JsonValue.Create(count.Ecgs))));
}
