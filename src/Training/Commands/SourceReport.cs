using EcgIntegration.Training.Data;

namespace EcgIntegration.Training.Commands;

/// <summary>Tells on standard error what each source gave and what of it is lost.</summary>
internal static class SourceReport
{
    // What matters most comes first; the model card has the rest.
    private const int Terms = 8;

    /// <summary>A line for each source, and one for what did not map.</summary>
    public static void Print(Terminal terminal, IReadOnlyList<SourceSummary> sources)
    {
        foreach (var source in sources)
        {
            terminal.Progress(
                $"{source.About.Name}: {source.Ecgs} ECGs, {source.Labels} labels of {source.DistinctLabels} kinds{List(", left out: ", source.LeftOut)}.",
                $"{source.About.Name}: 心電図 {source.Ecgs} 件、所見 {source.Labels} 件（{source.DistinctLabels} 種）{List("、除外: ", source.LeftOut)}。");
            if (source.Unmapped.Count > 0)
            {
                terminal.Progress(
                    $"{source.About.Name}: no label for {List(string.Empty, source.Unmapped)}.",
                    $"{source.About.Name}: 対応する所見なし {List(string.Empty, source.Unmapped)}。");
            }
        }
    }

    private static string List(string head, IReadOnlyList<TermCount> counts) => counts.Count == 0
        ? string.Empty
        : head + string.Join(", ", counts.Take(Terms).Select(count => $"{count.Term} x {count.Ecgs}")) + (counts.Count > Terms ? ", …" : string.Empty);
}
