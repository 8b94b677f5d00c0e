using EcgIntegration.Contracts.Bundles;

namespace EcgIntegration.Training.Evaluation;

/// <summary>What a label's threshold does to a fold.</summary>
internal readonly record struct Confusion(int TruePositives, int FalsePositives, int FalseNegatives, int TrueNegatives)
{
    /// <summary>Counts one label's outcomes.</summary>
    /// <param name="entry">The label's calibration.</param>
    /// <param name="label">Its index.</param>
    /// <param name="logits">ECGs x labels.</param>
    /// <param name="present">ECGs x labels.</param>
    public static Confusion Count(LabelCalibration entry, int label, float[,] logits, bool[,] present)
    {
        var counts = new int[4];
        for (var i = 0; i < logits.GetLength(0); i++)
        {
            var suggested = entry.Probability(logits[i, label]) >= entry.Threshold;
            counts[(suggested, present[i, label]) switch { (true, true) => 0, (true, false) => 1, (false, true) => 2, _ => 3 }]++;
        }

        return new Confusion(counts[0], counts[1], counts[2], counts[3]);
    }
}
