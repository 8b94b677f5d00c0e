namespace EcgIntegration.Training.Evaluation;

/// <summary>
/// Fits probability = 1 / (1 + exp(-(slope x logit + intercept))) by maximum likelihood with Platt's softened targets,
/// which keep a handful of positives from promising certainty.
/// </summary>
/// <remarks>Platt 1999; the guarded Newton iteration is that of Lin, Lin and Weng, Machine Learning 68 (2007).</remarks>
internal static class PlattScaling
{
    private const int MaximumIterations = 100;
    private const double Ridge = 1e-12;
    private const double SmallestStep = 1e-10;

    /// <summary>Fits one label.</summary>
    public static (double Slope, double Intercept) Fit(ReadOnlySpan<float> logits, ReadOnlySpan<bool> positives)
    {
        var positive = positives.Count(true);
        var negative = positives.Length - positive;
        var high = (positive + 1.0) / (positive + 2.0);
        var low = 1 / (negative + 2.0);
        var (slope, intercept) = (0.0, Math.Log((positive + 1.0) / (negative + 1.0)));
        var loss = Loss(logits, positives, high, low, slope, intercept);
        for (var iteration = 0; iteration < MaximumIterations; iteration++)
        {
            double h11 = Ridge, h22 = Ridge, h21 = 0, g1 = 0, g2 = 0;
            for (var i = 0; i < logits.Length; i++)
            {
                var p = 1 / (1 + Math.Exp(-((slope * logits[i]) + intercept)));
                var curvature = p * (1 - p);
                var error = p - (positives[i] ? high : low);
                h11 += logits[i] * (double)logits[i] * curvature;
                h22 += curvature;
                h21 += logits[i] * curvature;
                g1 += logits[i] * error;
                g2 += error;
            }

            if (Math.Abs(g1) < 1e-7 && Math.Abs(g2) < 1e-7)
            {
                break;
            }

            var determinant = (h11 * h22) - (h21 * h21);
            var stepSlope = -((h22 * g1) - (h21 * g2)) / determinant;
            var stepIntercept = -((h11 * g2) - (h21 * g1)) / determinant;
            var expected = (g1 * stepSlope) + (g2 * stepIntercept);
            var length = 1.0;
            for (; length > SmallestStep; length /= 2)
            {
                var next = Loss(logits, positives, high, low, slope + (length * stepSlope), intercept + (length * stepIntercept));
                if (next < loss + (1e-4 * length * expected))
                {
                    (slope, intercept, loss) = (slope + (length * stepSlope), intercept + (length * stepIntercept), next);
                    break;
                }
            }

            if (length <= SmallestStep)
            {
                break;
            }
        }

        return (slope, intercept);
    }

    private static double Loss(ReadOnlySpan<float> logits, ReadOnlySpan<bool> positives, double high, double low, double slope, double intercept)
    {
        var sum = 0.0;
        for (var i = 0; i < logits.Length; i++)
        {
            var value = (slope * logits[i]) + intercept;
            // log(1 + exp(value)) without overflow.
            sum += Math.Max(value, 0) + Math.Log(1 + Math.Exp(-Math.Abs(value))) - ((positives[i] ? high : low) * value);
        }

        return sum;
    }
}
