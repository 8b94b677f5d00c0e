using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Training.Data;

namespace EcgIntegration.Training.Catalogue;

/// <summary>Reads the label catalogue from its table, <c>models/catalogue/labels.csv</c>.</summary>
internal static class LabelTable
{
    /// <summary>Fewest labels a catalogue may have.</summary>
    public const int MinimumLabels = 98;

    private const string Resource = "labels.csv";

    /// <summary>The table this program was built with.</summary>
    public static IReadOnlyList<Label> BuiltIn()
    {
        using var stream = typeof(LabelTable).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException("The label table is not part of this build.");
        using var reader = new StreamReader(stream);
        return Read(reader);
    }

    /// <summary>Reads and checks a table.</summary>
    /// <exception cref="TrainingException">A line is not as expected.</exception>
    /// <exception cref="ModelBundleException">The catalogue breaks one of its rules.</exception>
    public static IReadOnlyList<Label> Read(TextReader text)
    {
        List<Label> labels;
        try
        {
            labels = [.. CsvTable.Read(text).Select(Label)];
        }
        catch (FormatException e)
        {
            throw new TrainingException($"The label catalogue cannot be read ({e.Message}): compare it with models/catalogue/labels.csv.", e);
        }

        LabelCatalogue.Validate(labels, MinimumLabels);
        return labels;
    }

    private static Label Label(CsvRow row) => new(
        row["code"],
        row["english"],
        row["japanese"],
        row["class"],
        WireName.TryParse<Urgency>(row["urgency"], out var urgency)
            ? urgency
            : throw new FormatException($"line {row.Line} names an urgency other than routine, review, urgent or critical"),
        row["translated"] == "yes",
        Optional(row["snomed"]),
        Optional(row["receipt_code"]));

    private static string? Optional(string text) => text.Length == 0 ? null : text;
}
