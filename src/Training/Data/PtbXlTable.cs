using System.Globalization;

namespace EcgIntegration.Training.Data;

/// <summary>
/// The tables of PTB-XL's layout: <c>ptbxl_database.csv</c> (one line a record) and <c>scp_statements.csv</c>.
/// </summary>
/// <remarks>Wagner et al., Scientific Data 2020, 10.1038/s41597-020-0495-6.</remarks>
internal static class PtbXlTable
{
    private const string DatabaseFile = "ptbxl_database.csv";
    private const string StatementsFile = "scp_statements.csv";

    /// <summary>Reads all records' annotations.</summary>
    /// <param name="folder">Folder in PTB-XL's layout.</param>
    /// <param name="known">Codes of the label catalogue.</param>
    /// <exception cref="TrainingException">A table is missing, damaged, names an unknown label, or a patient stands in two folds.</exception>
    public static IReadOnlyList<EcgExample> Read(string folder, IReadOnlySet<string> known)
    {
        var descriptive = ReadDescriptive(folder);
        var examples = new List<EcgExample>();
        var foldOf = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in Rows(folder, DatabaseFile))
        {
            var example = ReadExample(folder, row, descriptive, known);
            if (foldOf.TryGetValue(example.Patient, out var fold) && fold != example.Fold)
            {
                throw new TrainingException($"{DatabaseFile} has the patient of record {example.Id} in folds {fold} and {example.Fold}: a patient may be in one fold only.");
            }

            foldOf[example.Patient] = example.Fold;
            examples.Add(example);
        }

        return examples;
    }

    // A diagnostic statement of likelihood 0 was considered and refused; form and rhythm statements carry no
    // likelihood and are always written with 0.
    private static EcgExample ReadExample(string folder, CsvRow row, HashSet<string> descriptive, IReadOnlySet<string> known)
    {
        try
        {
            var id = int.Parse(row["ecg_id"], CultureInfo.InvariantCulture);
            var labels = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (code, likelihood) in ScpCodes.Parse(row["scp_codes"]))
            {
                if (!known.Contains(code))
                {
                    throw new TrainingException($"Record {id} of {DatabaseFile} has the statement {code}, which the label catalogue lacks: add it there.");
                }

                if (likelihood > 0 || descriptive.Contains(code))
                {
                    labels.Add(code);
                }
            }

            return new EcgExample(id, row["patient_id"], int.Parse(row["strat_fold"], CultureInfo.InvariantCulture), labels, RecordPath(folder, row));
        }
        catch (FormatException e)
        {
            throw new TrainingException($"Line {row.Line} of {DatabaseFile} cannot be read: check its columns against PTB-XL 1.0.3.", e);
        }
    }

    // 500 Hz where the copy has it: preprocessing filters at the original rate.
    private static string RecordPath(string folder, CsvRow row)
    {
        var original = Path.Combine(folder, row["filename_hr"]);
        return File.Exists(original + ".hea") ? original : Path.Combine(folder, row["filename_lr"]);
    }

    private static HashSet<string> ReadDescriptive(string folder)
    {
        var codes = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in Rows(folder, StatementsFile))
        {
            if (row["form"].Length > 0 || row["rhythm"].Length > 0)
            {
                codes.Add(row[string.Empty]);
            }
        }

        return codes;
    }

    private static List<CsvRow> Rows(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        if (!File.Exists(path))
        {
            throw new TrainingException($"The data folder {folder} has no {file}: name a folder in PTB-XL's layout with --data or ECG_DATA.");
        }

        try
        {
            using var text = File.OpenText(path);
            return [.. CsvTable.Read(text)];
        }
        catch (FormatException e)
        {
            throw new TrainingException($"{file} cannot be read ({e.Message}): fetch it again.", e);
        }
    }
}
