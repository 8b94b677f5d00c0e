using System.Globalization;
using EcgIntegration.Training.Catalogue;

namespace EcgIntegration.Training.Data.PtbXl;

/// <summary>
/// The tables of PTB-XL's layout: <c>ptbxl_database.csv</c> (one line a record) and <c>scp_statements.csv</c>.
/// </summary>
/// <remarks>Wagner et al., Scientific Data 2020, 10.1038/s41597-020-0495-6.</remarks>
internal static class PtbXlTable
{
    /// <summary>File that tells a folder in this layout from others.</summary>
    public const string DatabaseFile = "ptbxl_database.csv";

    /// <summary>The other table.</summary>
    public const string StatementsFile = "scp_statements.csv";

    /// <summary>Reads all records' annotations.</summary>
    /// <param name="source">The source; its folder is in PTB-XL's layout.</param>
    /// <param name="known">Codes of the label catalogue.</param>
    /// <exception cref="TrainingException">A table is missing or damaged, or names an unknown label.</exception>
    public static IReadOnlyList<EcgExample> Read(EcgSourceDescription source, IReadOnlySet<string> known)
    {
        var descriptive = ReadDescriptive(source.Folder);
        return [.. Rows(source.Folder, DatabaseFile).Select(row => ReadExample(source, row, descriptive, known))];
    }

    // A diagnostic statement of likelihood 0 was considered and refused; form and rhythm statements carry no
    // likelihood and are always written with 0.
    private static EcgExample ReadExample(EcgSourceDescription source, CsvRow row, HashSet<string> descriptive, IReadOnlySet<string> known)
    {
        try
        {
            var id = int.Parse(row["ecg_id"], CultureInfo.InvariantCulture);
            var labels = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (code, likelihood) in ScpCodes.Parse(row["scp_codes"]))
            {
                if (TermMapping.Scp.Find(code) is not { Codes.Count: > 0 } mapped || !mapped.Codes.All(known.Contains))
                {
                    throw new TrainingException($"Record {id} of {DatabaseFile} has the statement {code}, which the label catalogue lacks: add it there and to mappings/scp.csv.");
                }

                if (likelihood > 0 || descriptive.Contains(code))
                {
                    labels.UnionWith(mapped.Codes);
                }
            }

            var path = RecordPath(source.Folder, row);
            return new EcgExample(
                id.ToString(CultureInfo.InvariantCulture),
                source,
                row["patient_id"],
                int.Parse(row["strat_fold"], CultureInfo.InvariantCulture),
                labels,
                tensor => EcgTensors.Read(path, tensor));
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

    private static IReadOnlyList<CsvRow> Rows(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        return File.Exists(path)
            ? TableFile.Read(path, "fetch it again")
            : throw new TrainingException($"The data folder {folder} has no {file}: name a folder in PTB-XL's layout with --data or ECG_DATA.");
    }
}
