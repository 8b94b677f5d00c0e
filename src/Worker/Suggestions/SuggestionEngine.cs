using System.Globalization;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Classification;

namespace EcgIntegration.Worker.Suggestions;

/// <summary>
/// Turns logits into a decision, or into none (判定保留). Pure: the same input gives the same verdict.
/// <list type="bullet">
/// <item>A label is suggested where its calibrated probability reaches its threshold in any window; "normal" only where
/// it does so in every window. Labels without calibration, and those defined by voltage (<see cref="VoltageLabels"/>), are
/// scores and nothing else.</item>
/// <item>"Normal" never stands beside an abnormality. A rhythm or a form to review takes its place (sinus bradycardia,
/// otherwise normal); a diagnostic class contradicts it, and nothing is decided.</item>
/// <item>Routine means a measured normal: a finding without "normal" beside it, however harmless, is at least to be reviewed.
/// Otherwise an incomplete bundle branch block would be seen after an ECG of which nothing is known.</item>
/// <item>What another suggestion excludes is left out beside it (<see cref="ExcludedFindings"/>).</item>
/// <item>A routine rhythm decides nothing: almost every ECG is in sinus rhythm, and if that sufficed the model would never
/// abstain.</item>
/// <item>Nothing urgent is lost by abstaining, or by a lesser finding. An urgent or critical finding stands against
/// contradiction and unlikeness; near its threshold it prevents every lesser verdict; and an undecided ECG
/// has the urgency of the most urgent finding that is not excluded.</item>
/// </list>
/// </summary>
internal static class SuggestionEngine
{
    /// <summary>
    /// Share of its threshold at which an urgent or critical finding counts as not excluded. A share and not a distance,
    /// because the thresholds of rare findings are small.
    /// </summary>
    internal const double SuspicionShare = 0.8;

    private const string NormalClass = "NORM";

    /// <summary>The verdict on a signal that cannot be analysed.</summary>
    /// <param name="reasons">Why; at least one.</param>
    /// <param name="priority">
    /// An ECG sent as <c>stat</c> is urgent when the machine has no answer: whoever sent it needs one now, or a new recording.
    /// </param>
    public static Verdict Unanalysable(IReadOnlyList<Reason> reasons, EventPriority priority)
    {
        ArgumentOutOfRangeException.ThrowIfZero(reasons.Count);
        return new(StudyStatus.Unanalysable, Unanswered(priority), [], new Dictionary<string, float>(), reasons);
    }

    /// <summary>The verdict on an analysed ECG.</summary>
    /// <param name="bundle">The model that gave the result.</param>
    /// <param name="result">Its scores.</param>
    /// <param name="priority">As for <see cref="Unanalysable"/>, where nothing is decided.</param>
    /// <exception cref="ModelOutputException">A score is not a number: that must never become a verdict.</exception>
    public static Verdict Decide(ModelBundle bundle, ClassificationResult result, EventPriority priority)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(result.Labels, bundle.Labels.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(result.Logits.Length, result.Windows * result.Labels);
        ArgumentOutOfRangeException.ThrowIfNotEqual(result.MaxSimilarity.Length, result.Windows);
        ArgumentOutOfRangeException.ThrowIfZero(result.Windows);
        if (!result.Logits.All(float.IsFinite) || !result.MaxSimilarity.All(float.IsFinite))
        {
            throw new ModelOutputException("A score of this ECG is not a number.");
        }

        var evidence = Enumerable.Range(0, result.Labels)
            .Where(label => VoltageLabels.IsSuggestible(bundle, label))
            .Select(label => Weigh(bundle, result, label))
            .ToList();
        var suggested = evidence.Where(e => e.Suggested).ToList();
        var abnormal = suggested.Where(IsAbnormal).ToList();
        if (abnormal.Count > 0)
        {
            suggested.RemoveAll(e => e.Label.Class == NormalClass);
        }

        var reached = suggested.ConvertAll(e => e.Label.Code);
        suggested.RemoveAll(e => ExcludedFindings.IsExcluded(e.Label.Code, reached));

        var contradiction = abnormal.Exists(e => IsDiagnostic(e.Label))
            && evidence.Exists(e => e.Suggested && e.Label.Class == NormalClass);
        var reasons = WhyNot(bundle, result, suggested, contradiction);
        var best = suggested.Select(e => e.Label.Urgency).DefaultIfEmpty(Urgency.Routine).Max();
        var notExcluded = evidence
            .Where(e => e.Label.Urgency >= Urgency.Urgent && e.NotExcluded && (reasons.Count > 0 || e.Label.Urgency > best))
            .OrderByDescending(e => e.Label.Urgency).ThenByDescending(e => e.Probability)
            .ToList();
        // First, because a table shows the first one only: it is what makes the ECG urgent.
        reasons.InsertRange(0, notExcluded.Select(e => NotExcluded(e.Label)));
        return reasons.Count == 0
            ? new(StudyStatus.Classified, UrgencyOf(suggested, best), Ranked(suggested), Scores(bundle, result), [])
            : new(
                StudyStatus.Uncertain,
                notExcluded.Select(e => e.Label.Urgency).Append(Unanswered(priority)).Max(),
                [],
                Scores(bundle, result),
                reasons);
    }

    private static List<Reason> WhyNot(
        ModelBundle bundle, ClassificationResult result, List<Evidence> suggested, bool contradiction)
    {
        var reasons = new List<Reason>();
        var rule = bundle.Calibration.Abstention;
        var unlike = result.MaxSimilarity.Count(similarity => similarity < rule.MinimumSimilarity);
        var urgent = suggested.Exists(e => e.Label.Urgency >= Urgency.Urgent);
        if (unlike > 0 && !urgent)
        {
            reasons.Add(SuggestionReasons.UnlikeKnown.At(null, unlike, result.Windows));
        }

        if (contradiction && !urgent)
        {
            reasons.Add(SuggestionReasons.Contradiction.At(null));
        }

        var deciding = suggested.Where(e => !IsBackground(e.Label)).ToList();
        if (deciding.Count > 0)
        {
            var margin = deciding.Max(e => e.Probability - e.Threshold);
            if (margin < rule.MinimumMargin)
            {
                reasons.Add(SuggestionReasons.MarginTooSmall.At(null, Points(margin), Points(rule.MinimumMargin)));
            }
        }
        else if (reasons.Count == 0)
        {
            reasons.Add((suggested.Count > 0 ? SuggestionReasons.RhythmOnly : SuggestionReasons.NothingSuggested).At(null));
        }

        return reasons;
    }

    /// <summary>What the windows say about one calibrated label; the worst of them counts.</summary>
    private static Evidence Weigh(ModelBundle bundle, ClassificationResult result, int index)
    {
        var label = bundle.Labels[index];
        var threshold = bundle.CalibrationOf(index)!.Threshold;
        var normal = label.Class == NormalClass;
        var known = normal ? 1.0 : 0.0;
        var any = 0.0;
        for (var window = 0; window < result.Windows; window++)
        {
            var probability = bundle.Probability(index, result.LogitsOf(window)[index])!.Value;
            any = Math.Max(any, probability);
            if (result.MaxSimilarity[window] >= bundle.Calibration.Abstention.MinimumSimilarity)
            {
                known = normal ? Math.Min(known, probability) : Math.Max(known, probability);
            }
            else if (normal)
            {
                // A window unlike everything known is not known to be normal.
                known = 0;
            }
        }

        return new(label, known, threshold, known >= threshold, any >= SuspicionShare * threshold);
    }

    private static IReadOnlyList<Suggestion> Ranked(List<Evidence> suggested) =>
    [
        .. suggested
            .OrderByDescending(e => e.Label.Urgency).ThenByDescending(e => e.Probability)
            .Select(e => new Suggestion(
                e.Label.Code, e.Label.Ja, e.Label.En, e.Probability, e.Threshold, e.Label.Urgency, e.Label.Snomed)),
    ];

    private static OrderedDictionary<string, float> Scores(ModelBundle bundle, ClassificationResult result)
    {
        var scores = new OrderedDictionary<string, float>(result.Labels);
        for (var label = 0; label < result.Labels; label++)
        {
            var normal = bundle.Labels[label].Class == NormalClass;
            var score = result.Logits[label];
            for (var window = 1; window < result.Windows; window++)
            {
                var logit = result.LogitsOf(window)[label];
                score = normal ? Math.Min(score, logit) : Math.Max(score, logit);
            }

            scores.Add(bundle.Labels[label].Code, score);
        }

        return scores;
    }

    private static Urgency UrgencyOf(List<Evidence> suggested, Urgency best) =>
        best is Urgency.Routine && !suggested.Exists(e => e.Label.Class == NormalClass) ? Urgency.Review : best;

    private static bool IsAbnormal(Evidence e) =>
        e.Label.Class != NormalClass && (e.Label.Urgency >= Urgency.Review || IsDiagnostic(e.Label));

    /// <summary>The diagnostic superclasses, which by their definition exclude "normal".</summary>
    private static bool IsDiagnostic(Label label) => label.Class is "STTC" or "MI" or "HYP" or "CD";

    private static bool IsBackground(Label label) => label is { Class: "rhythm", Urgency: Urgency.Routine };

    private static Urgency Unanswered(EventPriority priority) =>
        priority is EventPriority.Stat ? Urgency.Urgent : Urgency.Review;

    private static Reason NotExcluded(Label label)
    {
        // Each language takes its own term of the catalogue, which is a closed vocabulary.
        var definition = SuggestionReasons.UrgentNotExcluded;
        return new(definition.Code, label.Code, Text(definition.En, label.En), Text(definition.Ja, label.Ja));

        static string Text(string format, string term) => string.Format(CultureInfo.InvariantCulture, format, term);
    }

    private static double Points(double share) => Math.Round(share * 100, 1);

    /// <param name="Label">The label.</param>
    /// <param name="Probability">Calibrated probability in the window that counts.</param>
    /// <param name="Threshold">The label's threshold.</param>
    /// <param name="Suggested">It reaches the threshold.</param>
    /// <param name="NotExcluded">In some window, even one unlike everything known, it comes near the threshold.</param>
    private sealed record Evidence(Label Label, double Probability, double Threshold, bool Suggested, bool NotExcluded);
}
