namespace EcgIntegration.Training.Evaluation;

/// <summary>What every threshold of a score would do.</summary>
/// <param name="Points">From the highest threshold to the lowest.</param>
internal sealed record RankingCurve(IReadOnlyList<RankingPoint> Points)
{
    /// <summary>Area under precision over recall, as a sum over the thresholds (average precision).</summary>
    public double AveragePrecision
    {
        get
        {
            var (area, before) = (0.0, 0.0);
            foreach (var point in Points)
            {
                area += (point.Sensitivity - before) * point.Precision;
                before = point.Sensitivity;
            }

            return area;
        }
    }

    /// <summary>Measures scores; ties are one threshold.</summary>
    /// <returns>A curve, empty without at least one positive and one negative.</returns>
    public static RankingCurve Of(IReadOnlyList<float> scores, IReadOnlyList<bool> positives)
    {
        var wanted = positives.Count(positive => positive);
        if (wanted == 0 || wanted == positives.Count)
        {
            return new RankingCurve([]);
        }

        var order = Enumerable.Range(0, scores.Count).OrderByDescending(i => scores[i]).ToArray();
        var points = new List<RankingPoint>();
        var hits = 0;
        for (var taken = 1; taken <= order.Length; taken++)
        {
            hits += positives[order[taken - 1]] ? 1 : 0;
            if (taken == order.Length || !scores[order[taken]].Equals(scores[order[taken - 1]]))
            {
                points.Add(new RankingPoint(hits / (double)wanted, (taken - hits) / (double)(positives.Count - wanted), hits / (double)taken));
            }
        }

        return new RankingCurve(points);
    }
}

/// <summary>What one threshold would do.</summary>
/// <param name="Sensitivity">Share of the positives above it (recall).</param>
/// <param name="FalsePositiveRate">Share of the negatives above it.</param>
/// <param name="Precision">Share of those above it that are positive.</param>
internal readonly record struct RankingPoint(double Sensitivity, double FalsePositiveRate, double Precision);
