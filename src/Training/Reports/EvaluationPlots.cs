using System.Globalization;
using System.Net;
using System.Text;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Evaluation;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace EcgIntegration.Training.Reports;

/// <summary>The plots of one set, as images of SVG: inlined, the names within one would reach into the others.</summary>
internal static class EvaluationPlots
{
    private const int Width = 500;
    private const int Height = 400;
    private const int MostCurves = 8;
    private const int TitleDistance = 14;
    private const int FieldColours = 100;

    // Okabe and Ito's colours, which people with any colour vision can tell apart.
    private static readonly OxyColor[] Colours =
    [
        .. new[] { "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999" }.Select(OxyColor.Parse),
    ];

    /// <summary>Draws them.</summary>
    public static IReadOnlyList<string> Of(ModelBundle bundle, EvaluatedSet set)
    {
        var largest = set.Figures.Labels.OrderByDescending(label => label.Support).Take(MostCurves).ToList();
        return
        [
            Draw(Curves("ROC", "1 - specificity", "sensitivity", largest, point => new DataPoint(point.FalsePositiveRate, point.Sensitivity))),
            Draw(Curves("Precision over recall", "recall", "precision", largest, point => new DataPoint(point.Sensitivity, point.Precision))),
            Draw(Reliability(set.Figures.Reliability)),
            Draw(Risk(set)),
            Draw(Confusion(set.Figures.Confusion)),
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
        var plot = Unit("Reliability of the calibrated labels", "probability", "share that came true");
        plot.Series.Add(new LineSeries { Points = { new(0, 0), new(1, 1) }, Color = OxyColors.LightGray, LineStyle = LineStyle.Dash });
        var line = new LineSeries { MarkerType = MarkerType.Circle };
        line.Points.AddRange(reliability.Bins.Select(bin => new DataPoint(bin.Predicted, bin.Observed)));
        plot.Series.Add(line);
        return plot;
    }

    private static PlotModel Risk(EvaluatedSet set)
    {
        var answers = Enumerable.Range(0, set.Scored.Count).Select(ecg =>
        {
            var nearest = set.Trained.MaxBy(label => set.Scored.Logits[ecg, label]);
            return ((double)set.Scored.Logits[ecg, nearest], set.Scored.Present[ecg, nearest]);
        }).ToList();
        var plot = Unit("Risk over coverage", "share decided, the nearest first", "share of wrong nearest labels");
        var line = new LineSeries();
        line.Points.AddRange(RiskCoverage.Of(answers).Points.Select(point => new DataPoint(point.Coverage, point.Risk)));
        plot.Series.Add(line);
        return plot;
    }

    /// <summary>Rows from the top in the order of the classes; the number stands in each field, so that colour says nothing alone.</summary>
    private static PlotModel Confusion(SuperclassConfusion confusion)
    {
        var plot = Plot("Superclasses: truth and what it is taken for");
        var names = confusion.Names;
        var across = new CategoryAxis { Position = AxisPosition.Bottom, Title = "taken for", AxisTitleDistance = TitleDistance };
        across.Labels.AddRange(names);
        var up = new CategoryAxis { Position = AxisPosition.Left, Title = "truth", AxisTitleDistance = TitleDistance };
        up.Labels.AddRange(names.Reverse());
        plot.Axes.Add(across);
        plot.Axes.Add(up);
        plot.Axes.Add(new LinearColorAxis
        {
            Position = AxisPosition.None,
            Minimum = 0,
            Maximum = 1,
            Palette = OxyPalette.Interpolate(FieldColours, OxyColors.White, Colours[0]),
        });
        var shares = new double[names.Count, names.Count];
        for (var truth = 0; truth < names.Count; truth++)
        {
            for (var taken = 0; taken < names.Count; taken++)
            {
                var row = names.Count - 1 - truth;
                var share = confusion.Share(truth, taken);
                shares[taken, row] = share;
                plot.Annotations.Add(new TextAnnotation
                {
                    Text = confusion.Counts[truth, taken].ToString(CultureInfo.InvariantCulture),
                    TextPosition = new DataPoint(taken, row),
                    TextVerticalAlignment = VerticalAlignment.Middle,
                    Stroke = OxyColors.Transparent,
                    TextColor = share > 0.5 ? OxyColors.White : OxyColors.Black,
                });
            }
        }

        if (names.Count > 0)
        {
            plot.Series.Add(new HeatMapSeries
            {
                X1 = names.Count - 1,
                Y1 = names.Count - 1,
                Data = shares,
                Interpolate = false,
                RenderMethod = HeatMapRenderMethod.Rectangles,
            });
        }

        return plot;
    }

    private static PlotModel Map(IReadOnlyList<Label> labels, EvaluatedSet set)
    {
        var plot = Plot("Embeddings (two principal components)");
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
        var plot = Plot(title);
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, Title = across, Minimum = 0, Maximum = 1, AxisTitleDistance = TitleDistance });
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Left, Title = up, Minimum = 0, Maximum = 1, AxisTitleDistance = TitleDistance });
        return plot;
    }

    private static PlotModel Plot(string title)
    {
        var plot = new PlotModel { Title = title, DefaultFont = "sans-serif", DefaultColors = Colours };
        plot.Legends.Add(new Legend { LegendPlacement = LegendPlacement.Outside, LegendPosition = LegendPosition.RightTop });
        return plot;
    }

    private static string Draw(PlotModel plot)
    {
        var image = Convert.ToBase64String(Encoding.UTF8.GetBytes(SvgExporter.ExportToString(plot, Width, Height, isDocument: true)));
        return $"<img width=\"{Width}\" height=\"{Height}\" alt=\"{WebUtility.HtmlEncode(plot.Title)}\" src=\"data:image/svg+xml;base64,{image}\">";
    }
}
