namespace EcgIntegration.TestKit;

/// <summary>Places in the repository that tests read from.</summary>
public static class Repository
{
    /// <summary>The root: the folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The shipped model bundle.</summary>
    public static string Model => File("models", "default");

    /// <summary>The shipped samples, in the order of their names.</summary>
    public static IReadOnlyList<string> Samples =>
        [.. Directory.EnumerateFiles(File("samples"), "*.json").Order(StringComparer.Ordinal)];

    /// <summary>A sample's bytes.</summary>
    public static byte[] ReadSample(int index) => System.IO.File.ReadAllBytes(Samples[index]);

    /// <summary>A path in the repository.</summary>
    public static string File(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(Path.Combine(folder, "EcgIntegration.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder;
    }
}
