namespace EcgIntegration.Training.Evaluation;

/// <summary>How the share of wrong answers falls where the least certain ECGs are left undecided.</summary>
/// <param name="Points">From all ECGs down to the most certain one.</param>
/// <remarks>El-Yaniv and Wiener, JMLR 11 (2010).</remarks>
internal sealed record RiskCoverage(IReadOnlyList<RiskPoint> Points)
{
    /// <summary>Measures answers.</summary>
    /// <param name="answers">How certain each was, and whether it was right.</param>
    public static RiskCoverage Of(IReadOnlyList<(double Certainty, bool IsRight)> answers)
    {
        var points = new List<RiskPoint>();
        var wrong = 0;
        foreach (var (index, answer) in answers.OrderByDescending(answer => answer.Certainty).Index())
        {
            wrong += answer.IsRight ? 0 : 1;
            points.Add(new RiskPoint((index + 1) / (double)answers.Count, wrong / (double)(index + 1)));
        }

        points.Reverse();
        return new RiskCoverage(points);
    }
}

/// <summary>One point of the curve.</summary>
/// <param name="Coverage">Share of the ECGs that are decided.</param>
/// <param name="Risk">Share of wrong answers among them.</param>
internal readonly record struct RiskPoint(double Coverage, double Risk);
