using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Contracts.Events;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Suggestions;
using EcgIntegration.Worker.Tests.Support;

namespace EcgIntegration.Worker.Tests.Suggestions;

/// <summary>
/// Every calibrated label of the bundle has probability sigmoid(logit) and threshold 0.5: a logit of 0 just suffices,
/// one of -0.5 is 76 % of the threshold, one of -0.3 is 85 %.
/// </summary>
public sealed class SuggestionEngineTests : IDisposable
{
    private const float Sure = 3;
    private const float Barely = 0.05f;
    private const float Near = -0.3f;
    private const float Far = -4;

    private readonly TestBundle _folder = TestBundle.Create(new AbstentionRule(MinimumSimilarity: 0.2, MinimumMargin: 0.1, Coverage: 0.9));
    private readonly ModelBundle _bundle;

    public SuggestionEngineTests() => _bundle = _folder.Load();

    [Fact]
    public void A_measured_normal_is_classified_routine()
    {
        var verdict = Decide(Window(("NORM", Sure), ("SR", Sure)));

        Assert.Equal((StudyStatus.Classified, Urgency.Routine), (verdict.Status, verdict.Urgency));
        Assert.Equal(["NORM", "SR"], verdict.Suggestions.Select(s => s.Code).Order());
        Assert.Empty(verdict.Reasons);
    }

    [Fact]
    public void Suggestions_come_most_urgent_first_then_most_probable()
    {
        var verdict = Decide(Window(("PAC", 9), ("AFIB", 1), ("LVH", 2), ("IMI", 0.8f), ("STEMI", 0.6f)));

        Assert.Equal(["STEMI", "IMI", "LVH", "AFIB", "PAC"], verdict.Suggestions.Select(s => s.Code));
        Assert.Equal(Urgency.Critical, verdict.Urgency);
        var afib = verdict.Suggestions[3];
        Assert.Equal(("心房細動", 0.5, Urgency.Review, "164889003"), (afib.Ja, afib.Threshold, afib.Urgency, afib.Snomed));
        Assert.Equal(0.7311, afib.Probability, 1e-4);
    }

    [Fact]
    public void A_label_without_calibration_is_a_score_and_never_a_suggestion()
    {
        var verdict = Decide(Window(("NORM", Sure), (TestBundle.Uncalibrated, 50)));

        Assert.Equal("NORM", Assert.Single(verdict.Suggestions).Code);
        Assert.Equal(50, verdict.Scores[TestBundle.Uncalibrated]);
        Assert.Equal(_bundle.Labels.Select(label => label.Code), verdict.Scores.Keys);
    }

    [Fact]
    public void A_label_defined_by_voltage_is_a_score_and_never_a_suggestion_whatever_its_calibration()
    {
        AssertUncertain(Decide(Window(("LVOLT", Sure))), Urgency.Review, "nothing-suggested");
        Assert.Equal(["NORM"], Decide(Window(("NORM", Sure), ("LVOLT", 50))).Suggestions.Select(s => s.Code));
        Assert.Equal(50, Decide(Window(("LVOLT", 50))).Scores["LVOLT"]);
        Assert.Subset(ModelBundle.Load(Repository.Model).Labels.Select(label => label.Code).ToHashSet(), VoltageLabels.Codes.ToHashSet());
    }

    [Fact]
    public void Nothing_above_a_threshold_is_uncertain_and_never_normal()
    {
        AssertUncertain(Decide(Window()), Urgency.Review, "nothing-suggested");
        AssertUncertain(Decide(Window(("NORM", Near))), Urgency.Review, "nothing-suggested");
    }

    [Fact]
    public void A_routine_rhythm_alone_decides_nothing() =>
        AssertUncertain(Decide(Window(("SR", 9))), Urgency.Review, "rhythm-only");

    [Fact]
    public void A_harmless_finding_without_a_measured_normal_is_to_be_reviewed()
    {
        Assert.Equal((StudyStatus.Classified, Urgency.Review), Summary(Decide(Window(("PAC", Sure), ("SR", Sure)))));
        Assert.Equal((StudyStatus.Classified, Urgency.Routine), Summary(Decide(Window(("PAC", Sure), ("NORM", Sure)))));
    }

    [Theory]
    [InlineData("AFIB", new[] { "AFIB", "SBRAD" })]
    [InlineData("LVH", new[] { "LVH", "SBRAD", "SR" })]
    public void Sinus_rhythm_gives_way_to_a_rhythm_that_excludes_it(string other, string[] expected) =>
        Assert.Equal(expected, Decide(Window(("SR", 9), ("SBRAD", 1), (other, Sure))).Suggestions.Select(s => s.Code));

    [Theory]
    [InlineData("IRBBB", "CRBBB", true)]
    [InlineData("ILBBB", "CLBBB", true)]
    [InlineData("IRBBB", "CLBBB", false)]
    [InlineData("CRBBB", "IRBBB", false)]
    public void An_incomplete_block_gives_way_to_the_complete_one_of_its_side(string code, string other, bool excluded) =>
        Assert.Equal(excluded, ExcludedFindings.IsExcluded(code, [code, other]));

    [Fact]
    public void Every_code_of_the_rules_about_exclusion_is_one_of_the_catalogue() =>
        Assert.Subset(ModelBundle.Load(Repository.Model).Labels.Select(label => label.Code).ToHashSet(), ExcludedFindings.Codes.ToHashSet());

    [Fact]
    public void A_margin_too_small_is_uncertain_and_says_by_how_much()
    {
        var verdict = Decide(Window(("LVH", Barely), ("SR", 9)));

        AssertUncertain(verdict, Urgency.Review, "margin-too-small");
        Assert.Contains("1.2 percentage points", verdict.Reasons[0].En, StringComparison.Ordinal);
        Assert.Contains("必要な10ポイント", verdict.Reasons[0].Ja, StringComparison.Ordinal);
    }

    [Fact]
    public void One_suggestion_with_margin_carries_the_others() =>
        Assert.Equal(["STEMI", "LVH"], Decide(Window(("LVH", Sure), ("STEMI", Barely))).Suggestions.Select(s => s.Code));

    [Fact]
    public void Unlike_everything_known_is_uncertain() =>
        AssertUncertain(Decide([Window(("NORM", Sure))], similarity: [0.1f]), Urgency.Review, "unlike-known");

    [Fact]
    public void Normal_beside_a_diagnosis_is_a_contradiction() =>
        AssertUncertain(Decide(Window(("NORM", Sure), ("LVH", Sure))), Urgency.Review, "contradiction");

    [Fact]
    public void Normal_beside_a_rhythm_to_review_gives_way_to_it() =>
        Assert.Equal(["SBRAD"], Decide(Window(("NORM", Sure), ("SBRAD", Sure))).Suggestions.Select(s => s.Code));

    [Theory]
    [InlineData("IMI", Urgency.Urgent)]
    [InlineData("STEMI", Urgency.Critical)]
    public void An_urgent_finding_stands_against_normal(string code, Urgency urgency)
    {
        var verdict = Decide(Window(("NORM", 9), (code, Sure)));

        Assert.Equal((StudyStatus.Classified, urgency), (verdict.Status, verdict.Urgency));
        Assert.Equal(code, Assert.Single(verdict.Suggestions).Code);
    }

    [Theory]
    [InlineData("NORM")]
    [InlineData("PAC")]
    [InlineData("LVH")]
    [InlineData("IMI")]
    public void A_critical_finding_near_its_threshold_is_not_hidden_by_a_lesser_one(string lesser)
    {
        var verdict = Decide(Window((lesser, Sure), ("STEMI", Near)));

        AssertUncertain(verdict, Urgency.Critical, "urgent-not-excluded");
        Assert.Equal("STEMI", verdict.Reasons[0].Where);
        Assert.Contains("ST上昇型急性心筋梗塞（疑い）は", verdict.Reasons[0].Ja, StringComparison.Ordinal);
        Assert.Contains("STEMI in English lies", verdict.Reasons[0].En, StringComparison.Ordinal);
    }

    [Fact]
    public void What_makes_an_undecided_ECG_urgent_is_its_first_reason() =>
        Assert.Equal(["urgent-not-excluded", "margin-too-small"], Decide(Window(("LVH", Barely), ("IMI", Near))).Reasons.Select(reason => reason.Code));

    [Fact]
    public void Below_that_it_counts_as_excluded() =>
        Assert.Equal(StudyStatus.Classified, Decide(Window(("NORM", Sure), ("STEMI", -0.5f))).Status);

    [Theory]
    [InlineData(Near)]
    [InlineData(Barely)]
    public void Abstaining_keeps_the_urgency_of_what_is_not_excluded(float logit) =>
        Assert.Equal(
            (StudyStatus.Uncertain, Urgency.Critical), Summary(Decide(Window(("STEMI", logit), ("IMI", Near)))));

    [Fact]
    public void Normal_must_be_measured_in_every_window()
    {
        Assert.Equal(
            (StudyStatus.Classified, Urgency.Routine), Summary(Decide([Window(("NORM", Sure)), Window(("NORM", 1))], [1, 1])));
        Assert.Equal(
            (StudyStatus.Uncertain, Urgency.Review), Summary(Decide([Window(("NORM", Sure)), Window()], [1, 1])));
        AssertUncertain(Decide([Window(("NORM", Sure)), Window(("NORM", Sure))], [1, 0.1f]), Urgency.Review, "unlike-known");
    }

    [Fact]
    public void The_worst_window_counts()
    {
        var verdict = Decide([Window(("NORM", Sure)), Window(("LVH", 1), ("STEMI", 2)), Window(("LVH", 2))], [1, 1, 0.1f]);

        Assert.Equal((StudyStatus.Classified, Urgency.Critical), Summary(verdict));
        Assert.Equal(["STEMI", "LVH"], verdict.Suggestions.Select(s => s.Code));
        Assert.Equal(0.7311, verdict.Suggestions[1].Probability, 1e-4);
        Assert.Equal((2, 2, Far), (verdict.Scores["STEMI"], verdict.Scores["LVH"], verdict.Scores["NORM"]));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_score_that_is_not_a_number_is_a_fault(float value)
    {
        Assert.Throws<ModelOutputException>(() => Decide(Window(("NORM", Sure), ("X20", value))));
        Assert.Throws<ModelOutputException>(() => Decide([Window(("NORM", Sure))], [value]));
    }

    [Fact]
    public void A_result_of_another_model_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(
        () => SuggestionEngine.Decide(_bundle, new([1, 2], 1, 2, [1], Execution), EventPriority.Routine));

    [Theory]
    [InlineData(EventPriority.Routine, Urgency.Review)]
    [InlineData(EventPriority.Stat, Urgency.Urgent)]
    public void Where_the_machine_has_no_answer_a_stat_ecg_is_urgent(EventPriority priority, Urgency urgency)
    {
        var reason = new Reason("lead-flat", "V3", "Flat.", "平坦です。");

        var unanalysable = SuggestionEngine.Unanalysable([reason], priority);
        Assert.Equal((StudyStatus.Unanalysable, urgency), Summary(unanalysable));
        Assert.Equal([reason], unanalysable.Reasons);
        Assert.Empty(unanalysable.Suggestions);
        Assert.Empty(unanalysable.Scores);
        Assert.Equal((StudyStatus.Uncertain, urgency), Summary(SuggestionEngine.Decide(_bundle, Result([Window()], [1]), priority)));
        Assert.Equal(
            (StudyStatus.Classified, Urgency.Routine), Summary(SuggestionEngine.Decide(_bundle, Result([Window(("NORM", Sure))], [1]), priority)));
    }

    [Fact]
    public void An_unanalysable_ecg_has_a_reason() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SuggestionEngine.Unanalysable([], EventPriority.Routine));

    public void Dispose() => _folder.Dispose();

    private static Execution Execution { get; } = new("CPUExecutionProvider", "fp32", 1);

    private static (StudyStatus Status, Urgency Urgency) Summary(Verdict verdict) => (verdict.Status, verdict.Urgency);

    private static void AssertUncertain(Verdict verdict, Urgency urgency, string reason)
    {
        Assert.Equal((StudyStatus.Uncertain, urgency), Summary(verdict));
        Assert.Equal([reason], verdict.Reasons.Select(r => r.Code));
        Assert.Empty(verdict.Suggestions);
        Assert.Equal(98, verdict.Scores.Count);
    }

    private Verdict Decide(float[] window) => Decide([window], [1]);

    private Verdict Decide(float[][] windows, float[] similarity) =>
        SuggestionEngine.Decide(_bundle, Result(windows, similarity), EventPriority.Routine);

    private ClassificationResult Result(float[][] windows, float[] similarity) =>
        new([.. windows.SelectMany(window => window)], windows.Length, _bundle.Labels.Count, similarity, Execution);

    private float[] Window(params (string Code, float Logit)[] logits) =>
        [.. _bundle.Labels.Select(label => logits.Where(l => l.Code == label.Code).Select(l => l.Logit).DefaultIfEmpty(Far).First())];
}
