using System.Net;
using System.Text;
using System.Text.Json;
using EcgIntegration.Training.Evaluation;

namespace EcgIntegration.Training.Reports;

/// <summary>An evaluation for people: <c>report.md</c> and, with plots, <c>report.html</c>; and <c>metrics.json</c> beside them.</summary>
internal static class EvaluationReport
{
    private const string Title = "ECG encoder: evaluation 心電図エンコーダーの評価";
    private const string Notice = "未承認・研究用。Not approved for clinical use. AUROC of a label counts with at least 5 positives; intervals are bootstrapped over ECGs.";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes all three into a folder.</summary>
    public static void Write(string folder, ModelEvaluation evaluation)
    {
        Write(folder, EvaluationJson.File, EvaluationJson.Of(evaluation).ToJsonString(Indented));
        Write(folder, "report.md", Markdown(evaluation));
        Write(folder, "report.html", Html(evaluation));
    }

    private static string Markdown(ModelEvaluation evaluation)
    {
        var text = new StringBuilder().AppendLine($"# {Title}").AppendLine().AppendLine(Notice).AppendLine().AppendLine(Model(evaluation));
        foreach (var figures in evaluation.Sets.Select(set => set.Figures))
        {
            text.AppendLine().AppendLine($"## {figures.Name}: {figures.Ecgs} ECGs");
            foreach (var table in EvaluationTables.Of(figures))
            {
                text.AppendLine().AppendLine($"### {table.Title}").AppendLine().Append(table.Markdown());
            }
        }

        var published = PublishedFigures.Table;
        return text.AppendLine().AppendLine($"## {published.Title}").AppendLine().Append(published.Markdown()).ToString();
    }

    private static string Html(ModelEvaluation evaluation)
    {
        var text = new StringBuilder($$"""
            <!DOCTYPE html>
            <html lang="ja"><head><meta charset="utf-8"><title>{{Title}}</title><style>
            body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em }
            table { border-collapse: collapse; margin-bottom: 1.5em } td, th { border-bottom: 1px solid #ddd; padding: .2em .7em; text-align: left }
            .plots { display: flex; flex-wrap: wrap; gap: 1em }
            </style></head><body><h1>{{Title}}</h1><p>{{Notice}}</p><p>{{WebUtility.HtmlEncode(Model(evaluation))}}</p>

            """);
        foreach (var set in evaluation.Sets)
        {
            text.AppendLine($"<h2>{WebUtility.HtmlEncode(set.Figures.Name)}: {set.Figures.Ecgs} ECGs</h2>");
            text.AppendLine("<div class=\"plots\">").AppendJoin('\n', EvaluationPlots.Of(evaluation.Bundle, set)).AppendLine("</div>");
            foreach (var table in EvaluationTables.Of(set.Figures))
            {
                text.AppendLine($"<h3>{WebUtility.HtmlEncode(table.Title)}</h3>").Append(table.Html());
            }
        }

        text.AppendLine($"<h2>{WebUtility.HtmlEncode(PublishedFigures.Table.Title)}</h2>").Append(PublishedFigures.Table.Html());
        return text.AppendLine("</body></html>").ToString();
    }

    private static string Model(ModelEvaluation evaluation)
    {
        var card = evaluation.Bundle.Card;
        return $"{card.Name} {card.Version}, model {evaluation.Bundle.ModelSha256}, text encoder {(string?)card.Training["textEncoder"]}";
    }

    private static void Write(string folder, string name, string content) =>
        WholeFile.Write(Path.Combine(folder, name), file => file.Write(Encoding.UTF8.GetBytes(content)));
}
