using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Training.Catalogue;

namespace EcgIntegration.Training.Data.Ludb;

/// <summary>The Lobachevsky University database in its own layout: <c>ludb.csv</c> and the records under <c>data/</c>.</summary>
/// <remarks>
/// Its headers scale each lead to a range of 1 mV: the shape of a lead is true, its voltage is not. The tensor is
/// standardised by lead and so does not see it.
/// </remarks>
internal sealed class LudbSource(string folder) : IEcgSource
{
    private const string Table = "ludb.csv";
    private const string Diagnoses = "<diagnoses>:";
    private const string RhythmPrefix = "Rhythm: ";
    private static readonly HashSet<string> NoStatements = ["ID", "Sex", "Age"];

    /// <inheritdoc/>
    public EcgSourceDescription About { get; } = new(
        "LUDB",
        folder,
        "ODC-BY 1.0",
        "Kalyakulina AI, et al. LUDB: A New Open-Access Validation Tool for Electrocardiogram Delineation Algorithms. IEEE Access 8, 186181-186190 (2020). doi:10.1109/ACCESS.2020.3029211",
        "PhysioNet, Lobachevsky University Electrocardiography Database 1.0.1",
        "the cardiologists' diagnoses as far as mappings/ludb.csv maps them");

    /// <summary>Whether a folder is one.</summary>
    public static bool Recognises(string folder) => File.Exists(Path.Combine(folder, Table));

    /// <inheritdoc/>
    public EcgSourceContent Read(IReadOnlyList<Label> labels)
    {
        var reader = new TermReader(TermMapping.Ludb, labels);
        var leftOut = new TermCounts();
        var examples = new List<EcgExample>();
        foreach (var row in TableFile.Read(Path.Combine(About.Folder, Table), "fetch it again"))
        {
            var id = Id(row);
            var record = Path.Combine(About.Folder, "data", id);
            var codes = reader.Read(Statements(row).Concat(HeaderStatements(record)));
            if (codes.Count == 0)
            {
                leftOut.Add(LeftOutReasons.NoLabel);
                continue;
            }

            examples.Add(new EcgExample(id, About, id, PatientFolds.Of(id), codes, tensor => EcgTensors.Read(record, tensor)));
        }

        return new EcgSourceContent(examples, reader.Unmapped, leftOut.List());
    }

    private static string Id(CsvRow row)
    {
        try
        {
            return row["ID"].Trim() is { Length: > 0 } id && id.All(char.IsAsciiLetterOrDigit)
                ? id
                : throw new TrainingException($"Line {row.Line} of {Table} has no record's number in the column ID: fetch it again.");
        }
        catch (FormatException e)
        {
            throw new TrainingException($"{Table} is not LUDB's ({e.Message}): fetch it again.", e);
        }
    }

    // A cell holds several statements, a line each.
    private static IEnumerable<string> Statements(CsvRow row) => row.Columns
        .Where(column => !NoStatements.Contains(column.Key))
        .SelectMany(column => row.Fields[column.Value].Split('\n'))
        .Select(Tidy)
        .Where(statement => statement.Length > 0);

    private static IEnumerable<string> HeaderStatements(string record) => WfdbFolder.Describe(record + ".hea").Comments
        .SkipWhile(comment => comment != Diagnoses)
        .Skip(1)
        .Select(Tidy)
        .Where(statement => statement.Length > 0);

    private static string Tidy(string statement)
    {
        var tidy = statement.Trim().TrimEnd('.').TrimEnd();
        return tidy.StartsWith(RhythmPrefix, StringComparison.Ordinal) ? tidy[RhythmPrefix.Length..] : tidy;
    }
}
