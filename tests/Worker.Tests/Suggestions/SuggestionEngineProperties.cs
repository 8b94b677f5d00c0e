using CsCheck;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Suggestions;
using EcgIntegration.Worker.Tests.Support;

namespace EcgIntegration.Worker.Tests.Suggestions;

/// <summary>What holds for every result of a model.</summary>
public sealed class SuggestionEngineProperties : IDisposable
{
    private static readonly string[] Findings = ["AFIB", "SBRAD", "LVH", "IMI", "STEMI"];

    private static readonly Gen<float> Logit = Gen.Frequency((3, Gen.Float[-1, 1]), (2, Gen.Float[-8, 8]));

    private static readonly Gen<Ecg> Ecgs =
        from windows in Gen.Int[1, 4]
        from logits in Logit.Array[windows * TestBundle.Calibrated.Count]
        from similarity in Gen.Float[0.1f, 1].Array[windows]
        from priority in Gen.Enum<EventPriority>()
        select new Ecg(windows, logits, similarity, priority);

    private readonly TestBundle _folder = TestBundle.Create(new AbstentionRule(MinimumSimilarity: 0.2, MinimumMargin: 0.05, Coverage: 0.9));
    private readonly ModelBundle _bundle;

    public SuggestionEngineProperties() => _bundle = _folder.Load();

    [Fact]
    public void Classified_means_suggestions_and_anything_else_means_reasons() => Ecgs.Sample(ecg =>
    {
        var verdict = Decide(ecg);

        Assert.Contains(verdict.Status, new[] { StudyStatus.Classified, StudyStatus.Uncertain });
        var classified = verdict.Status is StudyStatus.Classified;
        Assert.Equal(classified, verdict.Suggestions.Count > 0);
        Assert.Equal(classified, verdict.Reasons.Count == 0);
        Assert.All(verdict.Suggestions, s => Assert.True(s.Probability >= s.Threshold));
        Assert.True(!classified || verdict.Urgency >= verdict.Suggestions.Max(s => s.Urgency));
        Assert.True(classified || verdict.Urgency >= Urgency.Review);
    });

    [Fact]
    public void Normal_stands_beside_nothing_that_needs_a_look() => Ecgs.Sample(ecg =>
    {
        var verdict = Decide(ecg);
        if (verdict.Suggestions.Any(s => s.Code == "NORM"))
        {
            Assert.Equal(Urgency.Routine, verdict.Urgency);
            Assert.All(
                Enumerable.Range(0, ecg.Windows),
                window => Assert.True(ecg.Logits[(window * TestBundle.Calibrated.Count) + TestBundle.IndexOf("NORM")] >= 0));
        }
    });

    [Fact]
    public void Routine_means_a_measured_normal() => Ecgs.Sample(ecg =>
    {
        var verdict = Decide(ecg);
        Assert.Equal(verdict.Urgency == Urgency.Routine, verdict.Suggestions.Any(s => s.Code == "NORM"));
    });

    [Fact]
    public void Sinus_rhythm_never_stands_beside_fibrillation() => Ecgs.Sample(ecg =>
    {
        var codes = Decide(ecg).Suggestions.Select(s => s.Code).ToHashSet();
        Assert.False(codes.IsSupersetOf(["SR", "AFIB"]));
    });

    [Fact]
    public void The_order_of_windows_does_not_matter() => Gen.Select(Ecgs, Gen.Int[0, int.MaxValue]).Sample((ecg, seed) =>
    {
        var order = Enumerable.Range(0, ecg.Windows).ToArray();
        new Random(seed).Shuffle(order);
        var labels = TestBundle.Calibrated.Count;
        var shuffled = ecg with
        {
            Logits = [.. order.SelectMany(window => ecg.Logits.Skip(window * labels).Take(labels))],
            Similarity = [.. order.Select(window => ecg.Similarity[window])],
        };

        var (one, other) = (Decide(ecg), Decide(shuffled));
        Assert.Equal((one.Status, one.Urgency), (other.Status, other.Urgency));
        Assert.Equal(one.Suggestions, other.Suggestions);
        Assert.Equal(one.Reasons, other.Reasons);
        Assert.Equal(one.Scores, other.Scores);
    });

    [Fact]
    public void More_evidence_for_a_finding_never_makes_an_ecg_less_urgent() =>
        Gen.Select(Ecgs, Gen.Int[0, Findings.Length - 1], Gen.Int[0, 3], Gen.Float[0, 6]).Sample((ecg, finding, window, more) =>
        {
            // Where nothing is decided a stat ECG is urgent for its sender's sake, whatever the evidence.
            ecg = ecg with { Priority = EventPriority.Routine };
            var raised = ecg.Logits.ToArray();
            raised[((window % ecg.Windows) * TestBundle.Calibrated.Count) + TestBundle.IndexOf(Findings[finding])] += more;

            Assert.True(Decide(ecg with { Logits = raised }).Urgency >= Decide(ecg).Urgency);
        });

    [Fact]
    public void An_urgent_finding_in_any_known_window_is_never_lost() => Ecgs.Sample(ecg =>
    {
        var labels = TestBundle.Calibrated.Count;
        var reached = Enumerable.Range(0, ecg.Windows).Any(window => ecg.Logits[(window * labels) + TestBundle.IndexOf("STEMI")] >= 0);
        Assert.True(!reached || Decide(ecg).Urgency == Urgency.Critical);
    });

    public void Dispose() => _folder.Dispose();

    private Verdict Decide(Ecg ecg)
    {
        var labels = TestBundle.Calibrated.Count;
        var logits = Enumerable.Range(0, ecg.Windows).SelectMany(window =>
            ecg.Logits.Skip(window * labels).Take(labels).Concat(Enumerable.Repeat(0f, _bundle.Labels.Count - labels)));
        var result = new ClassificationResult(
            [.. logits], ecg.Windows, _bundle.Labels.Count, ecg.Similarity, new("CPUExecutionProvider", "fp32", 1));
        return SuggestionEngine.Decide(_bundle, result, ecg.Priority);
    }

    private sealed record Ecg(int Windows, float[] Logits, float[] Similarity, EventPriority Priority);
}
