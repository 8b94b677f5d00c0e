using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Catalogue;

namespace EcgIntegration.Training.Data;

/// <summary>Turns a source's terms into labels of the catalogue and keeps count of what has none.</summary>
internal sealed class TermReader(TermMapping mapping, IReadOnlyList<Label> labels)
{
    private readonly HashSet<string> _known = [.. labels.Select(label => label.Code)];
    private readonly TermCounts _unmapped = new();

    /// <summary>Terms without a label, by the number of ECGs that carry them.</summary>
    public IReadOnlyList<TermCount> Unmapped => _unmapped.List();

    /// <summary>The labels of one ECG's terms.</summary>
    public IReadOnlySet<string> Read(IEnumerable<string> terms)
    {
        var codes = new HashSet<string>(StringComparer.Ordinal);
        foreach (var term in terms.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var mapped = mapping.Find(term);
            if (mapped is { SaysNothing: true })
            {
                continue;
            }

            var usable = mapped?.Codes.Where(_known.Contains).ToList() ?? [];
            codes.UnionWith(usable);
            if (usable.Count == 0)
            {
                _unmapped.Add(mapped is { Meaning.Length: > 0 } ? $"{term} ({mapped.Meaning})" : term);
            }
        }

        return codes;
    }
}
