using System.Net;
using System.Text;

namespace EcgIntegration.Training.Reports;

/// <summary>A table.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Columns">Headings of the columns.</param>
/// <param name="Rows">The cells.</param>
internal sealed record ReportTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>As Markdown, without its title.</summary>
    public string Markdown()
    {
        var text = new StringBuilder().AppendLine(Line(Columns)).AppendLine($"|{string.Concat(Columns.Select(_ => "---|"))}");
        foreach (var row in Rows)
        {
            text.AppendLine(Line(row));
        }

        return text.ToString();
    }

    /// <summary>As HTML, without its title.</summary>
    public string Html()
    {
        var text = new StringBuilder().AppendLine("<table>").AppendLine(Line(Columns, "th"));
        foreach (var row in Rows)
        {
            text.AppendLine(Line(row, "td"));
        }

        return text.AppendLine("</table>").ToString();
    }

    private static string Line(IEnumerable<string> cells) =>
        $"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |";

    private static string Line(IEnumerable<string> cells, string element) =>
        $"<tr>{string.Concat(cells.Select(cell => $"<{element}>{WebUtility.HtmlEncode(cell)}</{element}>"))}</tr>";
}
