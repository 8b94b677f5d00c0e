using EcgIntegration.Training.Data;

namespace EcgIntegration.Training.Reports;

/// <summary>What others have published on the same question, each with its source and what differs: read beside, not against.</summary>
internal static class PublishedFigures
{
    private const string Resource = "published-figures.csv";

    /// <summary>The table.</summary>
    public static ReportTable Table { get; } = Read();

    private static ReportTable Read()
    {
        using var stream = typeof(PublishedFigures).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException("The table of published figures is not part of this build.");
        using var reader = new StreamReader(stream);
        return new(
            "Published figures 公表されている値",
            ["study 研究", "source 出典", "data データ", "task 課題", "figure 値", "what differs 相違"],
            [.. CsvTable.Read(reader).Select(row => (IReadOnlyList<string>)[row["study"], row["source"], row["data"], row["task"], row["figure"], row["differs"]])]);
    }
}
