namespace EcgIntegration.Training.Tests.Support;

/// <summary>A folder of its own with real records in it, gone when disposed.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ecg-data-");

    /// <summary>Real records of other tests: LUDB 1, CinC HR06005 and JS20003, PTB-XL 9.</summary>
    public static string Wfdb { get; } = Path.Combine(AppContext.BaseDirectory, "Data", "wfdb");

    /// <summary>Real records of these tests.</summary>
    public static string Records { get; } = Path.Combine(AppContext.BaseDirectory, "Data", "Records");

    public string Root => _folder.FullName;

    public string PathOf(string name) => Path.Combine(Root, name);

    public DataFolder Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text);
        return this;
    }

    public DataFolder Write(string name, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllBytes(PathOf(name), bytes);
        return this;
    }

    /// <summary>Copies files whose names begin alike, such as a record's header and signals.</summary>
    public DataFolder Copy(string folder, string pattern, string under = "")
    {
        foreach (var file in Directory.GetFiles(folder, pattern))
        {
            Write(Path.Combine(under, Path.GetFileName(file)), File.ReadAllBytes(file));
        }

        return this;
    }

    /// <summary>Replaces text of one of its files.</summary>
    public DataFolder Change(string name, string old, string now)
    {
        var text = File.ReadAllText(PathOf(name));
        Assert.Contains(old, text, StringComparison.Ordinal);
        return Write(name, text.Replace(old, now, StringComparison.Ordinal));
    }

    /// <summary>LUDB with records 1 and 34.</summary>
    public static DataFolder Ludb() => new DataFolder()
        .Copy(Path.Combine(Records, "ludb"), "ludb.csv")
        .Copy(Path.Combine(Records, "ludb", "data"), "34.*", "data")
        .Copy(Wfdb, "1.*", "data");

    /// <summary>A CinC folder with a record at its root and one nested.</summary>
    public static DataFolder Cinc() => new DataFolder().Copy(Wfdb, "JS20003.*").Copy(Wfdb, "HR06005.*", "ptb-xl/g1");

    /// <summary>MIT-BIH with a minute of record 207.</summary>
    public static DataFolder MitBih() => new DataFolder().Copy(Path.Combine(Records, "mit-bih"), "207.*");

    public void Dispose() => _folder.Delete(recursive: true);
}
