using EcgIntegration.Training.Catalogue;
using EcgIntegration.Training.Evaluation;
using EcgIntegration.Training.Tests.Support;

namespace EcgIntegration.Training.Tests.Evaluation;

/// <summary>The measures of a report, on data small enough to be reckoned by hand.</summary>
[Collection(TorchRandom.Name)]
public sealed class FigureTests
{
    private static readonly float[] Scores = [5, 4, 4, 3, 1];
    private static readonly bool[] Positives = [true, false, true, false, true];

    [Fact]
    public void A_curve_has_a_point_for_each_score_and_ties_are_one()
    {
        var curve = RankingCurve.Of(Scores, Positives);

        Assert.Equal(
            [(1 / 3.0, 0, 1), (2 / 3.0, 0.5, 2 / 3.0), (2 / 3.0, 1, 0.5), (1, 1, 0.6)],
            curve.Points.Select(point => (point.Sensitivity, point.FalsePositiveRate, point.Precision)));
        Assert.Equal((1 + (2 / 3.0) + 0.6) / 3, curve.AveragePrecision, 12);
        Assert.Empty(RankingCurve.Of([1, 2], [true, true]).Points);
    }

    [Fact]
    public void Reliability_weighs_each_bin_by_its_size()
    {
        var reliability = Reliability.Of([(0.05, false), (0.05, true), (0.95, true), (1, true)]);

        Assert.Equal([(2, 0.05, 0.5), (2, 0.975, 1.0)], reliability.Bins.Select(bin => (bin.Count, Math.Round(bin.Predicted, 6), bin.Observed)));
        Assert.Equal((0.45 + 0.025) / 2, reliability.ExpectedCalibrationError, 12);
        Assert.Equal(((0.05 * 0.05) + (0.95 * 0.95) + (0.05 * 0.05)) / 4, reliability.Brier, 12);
        Assert.True(double.IsNaN(Reliability.Of([]).Brier));
    }

    [Fact]
    public void The_least_certain_answers_are_left_out_first()
    {
        var curve = RiskCoverage.Of([(0.1, false), (0.9, true), (0.5, false), (0.7, true)]);

        Assert.Equal([(1, 0.5), (0.75, 1 / 3.0), (0.5, 0), (0.25, 0)], curve.Points.Select(point => (point.Coverage, point.Risk)));
    }

    [Fact]
    public void A_threshold_is_that_of_the_largest_f1_of_its_label()
    {
        var labels = LabelTable.BuiltIn();
        var (logits, present) = (new float[4, labels.Count], new bool[4, labels.Count]);
        for (var ecg = 0; ecg < 4; ecg++)
        {
            (logits[ecg, 0], present[ecg, 0]) = (4 - ecg, ecg < 2);
        }

        var validation = new ScoredSet(logits, present);
        var thresholds = FThresholds.Of(labels, validation, [.. labels.Select((_, i) => i < 2 ? 1 : 0)]);

        Assert.Equal(2.5, thresholds.Find("all", labels[0].Code));
        Assert.Equal(1, thresholds.F1("all", validation.Target(labels[0].Code, 0)));
        Assert.Null(thresholds.Find("all", labels[1].Code));
        Assert.Null(thresholds.F1("all", validation.Target(labels[1].Code, 1)));
    }

    [Fact]
    public void An_ecg_is_taken_for_the_class_that_lies_farthest_above_its_threshold()
    {
        // The third ECG carries both classes, the fourth none: neither takes part. Class B's scores lie higher throughout.
        ScoredTask task = new("superclass", [
            new("A", [3, 1, 3, 9], [true, true, true, false]),
            new("B", [11, 12, 12, 9], [false, false, true, false]),
            new("C", [99, 99, 99, 99], [false, false, false, false])]);
        var thresholds = new FThresholds(new Dictionary<(string, string), double> { [("superclass", "A")] = 2, [("superclass", "B")] = 11.5 });

        var confusion = SuperclassConfusion.Of(task, thresholds);

        Assert.Equal(["A", "B"], confusion.Names);
        Assert.Equal(new[,] { { 1, 1 }, { 0, 0 } }, confusion.Counts);
        Assert.Equal((2, 0.5, 0), (confusion.Support(0), confusion.Share(0, 1), confusion.Share(1, 0)));
    }

    [Fact]
    public void An_interval_holds_the_figure_narrows_with_the_ecgs_and_is_the_same_each_time()
    {
        Bootstrap Mean(int ecgs) => Bootstrap.Of(ecgs, drawn => drawn.Average(ecg => ecg % 2));

        var (few, many) = (Mean(20), Mean(2_000));

        Assert.True(few.Low < many.Low && many.Low < 0.5 && 0.5 < many.High && many.High < few.High, $"{few} {many}");
        Assert.Equal(few, Mean(20));
        Assert.True(double.IsNaN(Bootstrap.Of(3, _ => double.NaN).Low));
    }

    [Fact]
    public void A_probe_learns_what_embeddings_tell_apart()
    {
        var random = new Random(3);
        var embeddings = Enumerable.Range(0, 200).Select(_ => (float)random.NextDouble()).ToArray();
        var present = new bool[100, 2];
        for (var ecg = 0; ecg < 100; ecg++)
        {
            (present[ecg, 0], present[ecg, 1]) = (embeddings[2 * ecg] > 0.5, embeddings[(2 * ecg) + 1] > 0.5);
        }

        var scores = new ScoredSet(LinearProbe.Score(embeddings, present, embeddings, 2), present);

        Assert.True(scores.Target("first", 0).Auroc > 0.99);
        Assert.True(scores.Target("second", 1).Auroc > 0.99);
    }

    [Fact]
    public void The_first_component_is_the_direction_of_the_largest_spread()
    {
        var places = PrincipalComponents.Of([0, 0, 1, 0, 0, 1, 10, 10, 11, 10, 10, 11], 2);

        Assert.True(places.Take(3).Max(place => place.X) < places.Skip(3).Min(place => place.X) || places.Take(3).Min(place => place.X) > places.Skip(3).Max(place => place.X));
        Assert.True(places.Max(place => Math.Abs(place.Y)) < 2);
    }

    [Fact]
    public void Subclasses_are_those_of_the_catalogue_s_diagnoses()
    {
        var labels = LabelTable.BuiltIn();
        var training = labels.Select(_ => 1).ToList();

        var members = Subclasses.Names.SelectMany(name => Subclasses.Members(labels, name, training)).ToList();

        Assert.Equal(23, Subclasses.Names.Count);
        Assert.Equal(44, members.Distinct().Count());
        Assert.Equal(members.Count, members.Distinct().Count());
        Assert.Contains(Subclasses.Members(labels, "AMI", training), member => labels[member].Code == "ASMI");
    }

    [Fact]
    public void Held_out_labels_are_measured_alone_and_among_all()
    {
        var labels = LabelTable.BuiltIn();
        var logits = new float[4, labels.Count];
        var present = new bool[4, labels.Count];
        for (var ecg = 0; ecg < 4; ecg++)
        {
            (logits[ecg, 0], logits[ecg, 1], logits[ecg, 2]) = (9, ecg, 3 - ecg);
            (present[ecg, 0], present[ecg, 1], present[ecg, 2]) = (ecg == 0, ecg >= 2, ecg == 1);
        }

        var model = new EvaluatedModel(labels, [.. labels.Select((_, i) => i == 0 ? 1 : 0)], [labels[1].Code, labels[2].Code], null!);

        var figures = ZeroShotFigures.Measure(model, new ScoredSet(logits, present))!;

        Assert.Equal((1, 2), (figures.Labels[labels[1].Code].Auroc, figures.Labels[labels[1].Code].Positives));
        Assert.Equal(2 / 3.0, figures.Labels[labels[2].Code].Auroc, 12);
        Assert.Equal(new Retrieval(3, 2, 1, 1), figures.Restricted);
        Assert.Equal(new Retrieval(3, 3, 0, 1), figures.Union);
        Assert.Null(ZeroShotFigures.Measure(model with { HeldOut = [] }, new ScoredSet(logits, present)));
    }
}
