using System.Globalization;

namespace EcgIntegration.Training.Tests.Support;

/// <summary>
/// A small data set in PTB-XL's layout, in a folder of its own; every record is the same real ECG turned round in
/// time by another length, so that no two are one ECG.
/// </summary>
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
        Save();
    }

    /// <summary>Adds a record.</summary>
    public PtbXlFolder Add(int id, string patient, int fold, string codes)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{id:D5}");
        File.WriteAllText(PathOf($"records100/{name}_lr.hea"), File.ReadAllText(Source + ".hea").Replace("00009", name, StringComparison.Ordinal));
        File.WriteAllBytes(PathOf($"records100/{name}_lr.dat"), Turned(id));
        return AddLine(id, patient, fold, codes, name);
    }

    /// <summary>Adds a record whose signal is another's.</summary>
    public PtbXlFolder AddCopy(int id, string patient, int fold, string codes, int original) =>
        AddLine(id, patient, fold, codes, string.Create(CultureInfo.InvariantCulture, $"{original:D5}"));

    /// <summary>Path of one of its files.</summary>
    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);

    private PtbXlFolder AddLine(int id, string patient, int fold, string codes, string name)
    {
        _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{id},{patient},\"{codes}\",{fold},records100/{name}_lr,records500/{name}_hr"));
        Save();
        return this;
    }

    // Turned round in time by whole samples, which leaves the checksums as they are.
    private static byte[] Turned(int id)
    {
        const int Samples = 1000;
        const int Step = 27;
        const int Frame = 24;
        var bytes = File.ReadAllBytes(Source + ".dat");
        var start = id * Step % Samples * Frame;
        return [.. bytes[start..], .. bytes[..start]];
    }

    private void Save() => File.WriteAllLines(PathOf("ptbxl_database.csv"), _lines);
}
