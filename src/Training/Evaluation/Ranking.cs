namespace EcgIntegration.Training.Evaluation;

/// <summary>Measures of how well scores rank positives before negatives.</summary>
internal static class Ranking
{
    /// <summary>Area under the ROC curve: the chance that a positive outranks a negative, ties counting half.</summary>
    /// <returns><see cref="double.NaN"/> without at least one positive and one negative.</returns>
    public static double Auroc(ReadOnlySpan<float> scores, ReadOnlySpan<bool> positives)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(positives.Length, scores.Length);
        var keys = scores.ToArray();
        var marks = positives.ToArray();
        Array.Sort(keys, marks);
        double rankSum = 0;
        long positiveCount = 0;
        for (int start = 0, end; start < keys.Length; start = end)
        {
            end = start;
            var inTie = 0;
            while (end < keys.Length && keys[end].Equals(keys[start]))
            {
                inTie += marks[end++] ? 1 : 0;
            }

            rankSum += inTie * ((start + end + 1) / 2.0);
            positiveCount += inTie;
        }

        var negativeCount = keys.Length - positiveCount;
        return positiveCount == 0 || negativeCount == 0
            ? double.NaN
            : (rankSum - (positiveCount * (positiveCount + 1) / 2.0)) / ((double)positiveCount * negativeCount);
    }
}
