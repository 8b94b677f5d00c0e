using System.Globalization;

namespace EcgIntegration.Training.Tests.Support;

/// <summary>A small data set in PTB-XL's layout, in a folder of its own; every record is the same real ECG.</summary>
internal sealed class PtbXlFolder : IDisposable
{
    private const string Heading = "ecg_id,patient_id,scp_codes,strat_fold,filename_lr,filename_hr";
    private static readonly string Source = Path.Combine(AppContext.BaseDirectory, "Data", "wfdb", "00009_lr");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ecg-ptbxl-");
    private readonly List<string> _lines = [Heading];

    public string Root => _folder.FullName;

    public PtbXlFolder()
    {
        File.WriteAllText(PathOf("scp_statements.csv"), ",description,form,rhythm,diagnostic_class\nNORM,n,,,NORM\nNST_,n,1.0,,STTC\nLVH,n,,,HYP\nSR,n,,1.0,\n");
        Directory.CreateDirectory(PathOf("records100"));
        File.Copy(Source + ".hea", PathOf("records100/00009_lr.hea"));
        File.Copy(Source + ".dat", PathOf("records100/00009_lr.dat"));
        Save();
    }

    /// <summary>Adds a record.</summary>
    public PtbXlFolder Add(int id, string patient, int fold, string codes)
    {
        _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{id},{patient},\"{codes}\",{fold},records100/00009_lr,records500/00009_hr"));
        Save();
        return this;
    }

    /// <summary>Path of one of its files.</summary>
    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);

    private void Save() => File.WriteAllLines(PathOf("ptbxl_database.csv"), _lines);
}
