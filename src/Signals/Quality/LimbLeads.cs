using System.Buffers;
using EcgIntegration.Contracts;

namespace EcgIntegration.Signals.Quality;

/// <summary>
/// Einthoven and Goldberger: III = II - I, aVR = -(I + II)/2, aVL = I - II/2, aVF = II - I/2. A lead that breaks this is
/// inverted, exchanged, or not what its code says.
/// </summary>
/// <remarks>
/// What obeys both laws is not found: exchanged electrodes of the two arms only invert I and exchange the other leads in
/// pairs. And some sources scale each lead by itself: LUDB's headers bring every lead to a range of exactly 1 mV. Such
/// amplitudes say nothing, so that of them only the shape is compared, with one positive gain a lead and within a factor
/// of ten; the tensor is scaled by lead anyway.
/// </remarks>
internal static class LimbLeads
{
    /// <summary>
    /// Largest deviation, as a part of the larger of I and II. Of the 250 ECGs of CinC 2021's sample and LUDB (counts in
    /// microvolts) none passes 0.006, and with one derived lead late by a sample of 2 ms none passes 0.181; filters of
    /// single leads may add to that.
    /// </summary>
    private const double Tolerance = 0.2;

    /// <summary>
    /// Largest deviation as a part of the lead itself, without which a small lead could have any gain. As above: 0.020, and
    /// 0.188 with a sample of skew. Together they find III doubled or by half too large, aVL tripled, aVR halved and
    /// aVF by 0.3 too large in all 250, and I by 0.2 too large in three of four.
    /// </summary>
    private const double LeadTolerance = 0.2;

    /// <summary>Deviations below this part of the larger of I and II are noise to a lead that has little of its own.</summary>
    private const double Noise = 0.03;

    /// <summary>
    /// Ranges of the six limb leads, the largest by the smallest, below which each was scaled to its own: 1.00 for LUDB's
    /// headers, and 1.20 or more for all 250 in true voltage.
    /// </summary>
    private const double EqualRanges = 1.02;

    /// <summary>Largest deviation of the shape, as a part of the lead; LUDB stays below 0.013.</summary>
    private const double ShapeTolerance = 0.15;

    /// <summary>Leads smaller than this part of the larger of I and II are too small for their shape to be told.</summary>
    private const double SmallLead = 0.05;

    /// <summary>The leads are compared without what is faster, so that noise of one lead and a sample of skew weigh little.</summary>
    private const double SmoothingSeconds = 0.04;

    private const int LimbLeadCount = 6;
    private const double LargestGain = 10;
    private const int GainSteps = 120;

    private static readonly (Lead Lead, double OfI, double OfII)[] Rules =
    [
        (Lead.III, -1, 1),
        (Lead.AVR, -0.5, -0.5),
        (Lead.AVL, 1, -0.5),
        (Lead.AVF, -0.5, 1),
    ];

    internal static IEnumerable<Reason> FindContradictions(EcgRecording recording, WanderFree wander)
    {
        var moments = Measure(recording, wander);
        var size = Math.Sqrt(Math.Max(moments[0].One, moments[0].Two));
        if (!IsScaledByLead(recording))
        {
            for (var i = 0; i < Rules.Length; i++)
            {
                var (error, own) = Deviation(moments[i], i);
                if (error > Tolerance * size || (error > LeadTolerance * own && error > Noise * size))
                {
                    yield return Contradiction(recording, Rules[i].Lead, error / own);
                }
            }

            yield break;
        }

        var gain = BestGain(moments, size);
        for (var i = 0; i < Rules.Length; i++)
        {
            var error = ShapeError(moments[i], i, gain, size);
            if (error > ShapeTolerance)
            {
                yield return Contradiction(recording, Rules[i].Lead, error);
            }
        }
    }

    private static Moments[] Measure(EcgRecording recording, WanderFree wander)
    {
        var samples = recording.SampleCount;
        var window = (int)Math.Round(SmoothingSeconds * recording.SamplingRate);
        var rented = ArrayPool<float>.Shared.Rent(LimbLeadCount * samples);
        try
        {
            for (var lead = Lead.I; lead <= Lead.AVF; lead++)
            {
                WanderFree.MovingMean(wander[lead], window, rented.AsSpan((int)lead * samples, samples));
            }

            return [.. Rules.Select(rule => new Moments(
                rented.AsSpan(0, samples), rented.AsSpan(samples, samples), rented.AsSpan((int)rule.Lead * samples, samples)))];
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    private static Reason Contradiction(EcgRecording recording, Lead lead, double error) => SignalReasons.LimbLeadsContradict.At(
        SignalQuality.PlaceOf(recording, lead), lead.Name(), Math.Round(100 * error));

    private static bool IsScaledByLead(EcgRecording recording)
    {
        float smallest = float.PositiveInfinity, largest = 0;
        for (var lead = Lead.I; lead <= Lead.AVF; lead++)
        {
            float low = float.PositiveInfinity, high = float.NegativeInfinity;
            foreach (var sample in recording[lead])
            {
                low = Math.Min(low, sample);
                high = Math.Max(high, sample);
            }

            smallest = Math.Min(smallest, high - low);
            largest = Math.Max(largest, high - low);
        }

        return largest < EqualRanges * smallest;
    }

    /// <summary>How far the lead is from what its rule says, and the larger of the two, as root sums of squares.</summary>
    private static (double Error, double Own) Deviation(in Moments moments, int rule)
    {
        var (_, a, b) = Rules[rule];
        var expected = Expected(moments, a, b);
        var squared = moments.Lead - (2 * ((a * moments.LeadOne) + (b * moments.LeadTwo))) + expected;
        return (Math.Sqrt(Math.Max(0, squared)), Math.Sqrt(Math.Max(Math.Max(expected, moments.Lead), double.Epsilon)));
    }

    /// <summary>The gain of II against I that explains the four leads best; their own gains do not matter to their shape.</summary>
    private static double BestGain(Moments[] moments, double size)
    {
        var best = (Error: double.PositiveInfinity, Gain: 1.0);
        for (var step = -GainSteps; step <= GainSteps; step++)
        {
            var gain = Math.Pow(LargestGain, (double)step / GainSteps);
            var error = 0.0;
            for (var i = 0; i < Rules.Length; i++)
            {
                error += ShapeError(moments[i], i, gain, size);
            }

            best = error < best.Error ? (error, gain) : best;
        }

        return best.Gain;
    }

    /// <summary>What of the lead its rule does not explain, 0 to 1, and up to 2 for an inverted lead.</summary>
    private static double ShapeError(in Moments moments, int rule, double gain, double size)
    {
        var (_, a, b) = Rules[rule];
        if (Math.Sqrt(moments.Lead) < SmallLead * size)
        {
            return 0;
        }

        b *= gain;
        var expected = Expected(moments, a, b);
        var product = (a * moments.LeadOne) + (b * moments.LeadTwo);
        var own = product / Math.Max(expected, double.Epsilon);
        if (own is < 1 / LargestGain or > LargestGain)
        {
            return own < 0 ? 2 : 1;
        }

        return Math.Sqrt(Math.Max(0, 1 - (product * product / (expected * moments.Lead))));
    }

    private static double Expected(in Moments moments, double a, double b) =>
        (a * a * moments.One) + (2 * a * b * moments.OneTwo) + (b * b * moments.Two);

    /// <summary>Sums of products of I, II and one more lead.</summary>
    private readonly struct Moments
    {
        internal Moments(ReadOnlySpan<float> one, ReadOnlySpan<float> two, ReadOnlySpan<float> lead)
        {
            for (var i = 0; i < lead.Length; i++)
            {
                double x = one[i], y = two[i], z = lead[i];
                One += x * x;
                Two += y * y;
                OneTwo += x * y;
                Lead += z * z;
                LeadOne += z * x;
                LeadTwo += z * y;
            }
        }

        internal double One { get; }

        internal double Two { get; }

        internal double OneTwo { get; }

        internal double Lead { get; }

        internal double LeadOne { get; }

        internal double LeadTwo { get; }
    }
}
