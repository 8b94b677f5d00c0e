namespace EcgIntegration.Training.Evaluation;

/// <summary>How often the right label is among the nearest.</summary>
/// <param name="Ecgs">ECGs measured.</param>
/// <param name="Labels">Labels that took part.</param>
/// <param name="TopOne">Share of the ECGs whose nearest label is one of theirs.</param>
/// <param name="TopFive">Share with one of theirs among the five nearest.</param>
internal readonly record struct Retrieval(int Ecgs, int Labels, double TopOne, double TopFive)
{
    private const int Few = 5;

    /// <summary>Over all ECGs that carry one of the labels.</summary>
    /// <param name="logits">ECGs x labels.</param>
    /// <param name="present">ECGs x labels.</param>
    /// <param name="candidates">Indexes of the labels that take part.</param>
    public static Retrieval Over(float[,] logits, bool[,] present, IReadOnlyList<int> candidates) =>
        Measure(logits, present, candidates, labelled: count => count > 0);

    /// <summary>Over the ECGs that carry exactly one of the labels, so that one answer is the right one.</summary>
    /// <inheritdoc cref="Over"/>
    /// <remarks>The protocol of METS (Li et al., MIDL 2023) for single-label ECGs.</remarks>
    public static Retrieval OverSingleLabel(float[,] logits, bool[,] present, IReadOnlyList<int> candidates) =>
        Measure(logits, present, candidates, labelled: count => count == 1);

    private static Retrieval Measure(float[,] logits, bool[,] present, IReadOnlyList<int> candidates, Func<int, bool> labelled)
    {
        var (ecgs, first, few) = (0, 0, 0);
        for (var ecg = 0; ecg < logits.GetLength(0); ecg++)
        {
            var row = ecg;
            if (!labelled(candidates.Count(label => present[row, label])))
            {
                continue;
            }

            ecgs++;
            var nearest = candidates.OrderByDescending(label => logits[row, label]).Take(Few).ToList();
            first += present[row, nearest[0]] ? 1 : 0;
            few += nearest.Exists(label => present[row, label]) ? 1 : 0;
        }

        return new Retrieval(ecgs, candidates.Count, Share(first, ecgs), Share(few, ecgs));
    }

    private static double Share(int part, int whole) => whole > 0 ? part / (double)whole : double.NaN;
}
