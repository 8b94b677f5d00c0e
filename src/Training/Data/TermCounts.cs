namespace EcgIntegration.Training.Data;

/// <summary>Counts, by term, the ECGs that something is true of.</summary>
internal sealed class TermCounts
{
    private readonly Dictionary<string, int> _ecgs = new(StringComparer.Ordinal);

    /// <summary>Counts one ECG.</summary>
    public void Add(string term) => _ecgs[term] = _ecgs.GetValueOrDefault(term) + 1;

    /// <summary>The counts, most frequent first.</summary>
    public IReadOnlyList<TermCount> List() =>
        [.. _ecgs.Select(entry => new TermCount(entry.Key, entry.Value)).OrderByDescending(count => count.Ecgs).ThenBy(count => count.Term, StringComparer.Ordinal)];
}

/// <summary>How many ECGs a term stands for.</summary>
/// <param name="Term">The source's own word, with its meaning where that is a bare code.</param>
/// <param name="Ecgs">Number of ECGs.</param>
internal sealed record TermCount(string Term, int Ecgs);
