using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Evaluation;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace EcgIntegration.Training.Reports;

/// <summary>The plots of one set, as SVG.</summary>
internal static class EvaluationPlots
{
    private const int Width = 460;
    private const int Height = 400;
    private const int MostCurves = 8;

    /// <summary>Draws them.</summary>
    public static IReadOnlyList<string> Of(ModelBundle bundle, EvaluatedSet set)
    {
        var largest = set.Figures.Labels.OrderByDescending(label => label.Support).Take(MostCurves).ToList();
        return
        [
            Draw(Curves("ROC", "1 - specificity", "sensitivity", largest, point => new DataPoint(point.FalsePositiveRate, point.Sensitivity))),
            Draw(Curves("Precision over recall", "recall", "precision", largest, point => new DataPoint(point.Sensitivity, point.Precision))),
            Draw(Reliability(set.Figures.Reliability)),
            Draw(Risk(bundle.Labels, set)),
            Draw(Map(bundle.Labels, set)),
        ];
    }

    private static PlotModel Curves(string title, string across, string up, IEnumerable<LabelFigures> labels, Func<RankingPoint, DataPoint> point)
    {
        var plot = Unit(title, across, up);
        foreach (var label in labels)
        {
            var line = new LineSeries { Title = label.Label.Code, StrokeThickness = 1.5 };
            line.Points.AddRange(label.Curve.Points.Select(point));
            plot.Series.Add(line);
        }

        return plot;
    }

    private static PlotModel Reliability(Reliability reliability)
    {
        var plot = Unit("Reliability", "probability", "share that came true");
        plot.Series.Add(new LineSeries { Points = { new(0, 0), new(1, 1) }, Color = OxyColors.LightGray, LineStyle = LineStyle.Dash });
        var line = new LineSeries { Title = "calibrated labels", MarkerType = MarkerType.Circle };
        line.Points.AddRange(reliability.Bins.Select(bin => new DataPoint(bin.Predicted, bin.Observed)));
        plot.Series.Add(line);
        return plot;
    }

    // Certain is what is far ahead of the next label.
    private static PlotModel Risk(IReadOnlyList<Label> labels, EvaluatedSet set)
    {
        var answers = Enumerable.Range(0, set.Scored.Count).Select(ecg =>
        {
            var order = Enumerable.Range(0, labels.Count).OrderByDescending(label => set.Scored.Logits[ecg, label]).Take(2).ToList();
            return ((double)(set.Scored.Logits[ecg, order[0]] - set.Scored.Logits[ecg, order[1]]), set.Scored.Present[ecg, order[0]]);
        }).ToList();
        var plot = Unit("Risk over coverage", "share decided", "share of wrong nearest labels");
        var line = new LineSeries { Title = "nearest label" };
        line.Points.AddRange(RiskCoverage.Of(answers).Points.Select(point => new DataPoint(point.Coverage, point.Risk)));
        plot.Series.Add(line);
        return plot;
    }

    private static PlotModel Map(IReadOnlyList<Label> labels, EvaluatedSet set)
    {
        var plot = new PlotModel { Title = "Embeddings (two principal components)" };
        plot.Legends.Add(new Legend { LegendPosition = LegendPosition.RightTop });
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom });
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Left });
        var places = PrincipalComponents.Of(set.Embeddings, set.Embeddings.Length / set.Scored.Count);
        foreach (var name in Superclasses.Names)
        {
            var members = Enumerable.Range(0, labels.Count).Where(label => labels[label].Class == name).ToList();
            var dots = new ScatterSeries { Title = name, MarkerType = MarkerType.Circle, MarkerSize = 2 };
            dots.Points.AddRange(Enumerable.Range(0, set.Scored.Count)
                .Where(ecg => members.Exists(label => set.Scored.Present[ecg, label]))
                .Select(ecg => new ScatterPoint(places[ecg].X, places[ecg].Y)));
            plot.Series.Add(dots);
        }

        return plot;
    }

    private static PlotModel Unit(string title, string across, string up)
    {
        var plot = new PlotModel { Title = title };
        plot.Legends.Add(new Legend { LegendPosition = LegendPosition.RightBottom });
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, Title = across, Minimum = 0, Maximum = 1 });
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Left, Title = up, Minimum = 0, Maximum = 1 });
        return plot;
    }

    private static string Draw(PlotModel plot)
    {
        plot.DefaultFont = "sans-serif";
        return SvgExporter.ExportToString(plot, Width, Height, isDocument: false);
    }
}
