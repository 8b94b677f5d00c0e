using System.Globalization;

namespace EcgIntegration.Training.Data.Hospital;

/// <summary>
/// A hospital's table: <c>file</c> (path under the folder) or <c>identifier</c> (of the Observation), <c>patient</c>,
/// <c>labels</c> and/or <c>report</c>, and, if wanted, <c>fold</c>. Other columns are passed over.
/// </summary>
internal static class HospitalTable
{
    private const string FileColumn = "file";
    private const string IdentifierColumn = "identifier";
    private const string PatientColumn = "patient";
    private const string LabelsColumn = "labels";
    private const string ReportColumn = "report";
    private const string FoldColumn = "fold";
    private const string Advice = "mend that line, or write the table anew";

    private static readonly char[] Separators = [';', '；', '、'];

    /// <summary>Paths of the tables of ECGs in a folder.</summary>
    /// <exception cref="TrainingException">A table cannot be read.</exception>
    public static IReadOnlyList<string> In(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.csv").Where(IsTable).Order(StringComparer.Ordinal)];

    /// <summary>Reads a table.</summary>
    /// <exception cref="TrainingException">A line is not as described.</exception>
    public static IReadOnlyList<HospitalLine> Read(string folder, string path)
    {
        var rows = TableFile.Read(path, Advice);
        if (rows.Count == 0)
        {
            throw new TrainingException($"{path} has no ECG: give it a line for each.");
        }

        var columns = rows[0].Columns;
        if (!columns.ContainsKey(PatientColumn) || !(columns.ContainsKey(LabelsColumn) || columns.ContainsKey(ReportColumn)))
        {
            throw new TrainingException($"{path} needs the column {PatientColumn}, and {LabelsColumn} or {ReportColumn}: add what is missing.");
        }

        var identifiers = columns.ContainsKey(FileColumn) ? null : ObservationIndex.Read(folder);
        return [.. rows.Select(row => Line(folder, path, row, identifiers))];
    }

    private static bool IsTable(string path) =>
        TableFile.Heading(path, Advice).Any(column => column is FileColumn or IdentifierColumn);

    private static HospitalLine Line(string folder, string path, CsvRow row, IReadOnlyDictionary<string, string>? identifiers)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"Line {row.Line} of {path}");
        var (name, file) = identifiers is null ? ByFile(place, folder, row) : ByIdentifier(place, row, identifiers);
        var patient = Field(row, PatientColumn);
        var labels = Field(row, LabelsColumn).Split(Separators, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var report = Field(row, ReportColumn);
        if (patient.Length == 0)
        {
            throw new TrainingException($"{place} has no patient: without one, ECGs of the same person could stand on both sides of the split.");
        }

        if (labels.Length == 0 && report.Length == 0)
        {
            throw new TrainingException($"{place} has neither labels nor a report: fill one in, or take the line out.");
        }

        return new HospitalLine(place, name, file, patient, Fold(place, Field(row, FoldColumn)), labels, report);
    }

    private static (string Name, string File) ByFile(string place, string folder, CsvRow row)
    {
        var name = Field(row, FileColumn);
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar;
        var path = Path.GetFullPath(Path.Combine(root, name));
        return path.StartsWith(root, StringComparison.Ordinal) && File.Exists(path)
            ? (name, path)
            : throw new TrainingException($"{place} names the file {(name.Length == 0 ? "\"\"" : name)}, which is not under the folder: put it there, or take the line out.");
    }

    private static (string Name, string File) ByIdentifier(string place, CsvRow row, IReadOnlyDictionary<string, string> identifiers)
    {
        var name = Field(row, IdentifierColumn);
        return identifiers.TryGetValue(name, out var file)
            ? (name, file)
            : throw new TrainingException($"{place} names an identifier that no Observation under the folder has: correct it, or take the line out.");
    }

    private static int? Fold(string place, string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var fold) && fold is >= 1 and <= PatientFolds.Count
            ? fold
            : throw new TrainingException($"{place} has a fold that is no whole number from 1 to {PatientFolds.Count}: 1-8 are learned from, 9 chooses, 10 reports.");
    }

    private static string Field(CsvRow row, string column) =>
        row.Columns.TryGetValue(column, out var index) ? row.Fields[index].Trim() : string.Empty;
}
