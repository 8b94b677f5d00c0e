using EcgIntegration.Training.Reports;
using EcgIntegration.Training.Tests.Support;

namespace EcgIntegration.Training.Tests.Evaluation;

public sealed class PublishedFiguresTests
{
    [Fact]
    public void The_page_has_the_table_of_the_reports()
    {
        var page = Path.Combine(Repository.Root, "docs", "published-figures.md");
        var table = PublishedFigures.Table.Markdown();
        if (Environment.GetEnvironmentVariable("ECG_WRITE_DOCS") == "1")
        {
            var text = File.ReadAllText(page);
            var end = text.IndexOf("| study", StringComparison.Ordinal);
            File.WriteAllText(page, (end < 0 ? text : text[..end]) + table);
        }

        Assert.EndsWith("\n" + table, File.ReadAllText(page), StringComparison.Ordinal);
        Assert.All(PublishedFigures.Table.Rows, row => Assert.Matches("arXiv [0-9]{4}[.][0-9]{5}", row[1]));
    }
}
