namespace EcgIntegration.TestKit;

/// <summary>Places in the repository that tests read from.</summary>
public static class Repository
{
    /// <summary>The root: the folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The shipped model bundle.</summary>
    public static string Model => Path.Combine(Root, "models", "default");

    /// <summary>The shipped samples, in the order of their names.</summary>
    public static IReadOnlyList<string> Samples =>
        [.. Directory.EnumerateFiles(Path.Combine(Root, "samples"), "*.json").Order(StringComparer.Ordinal)];

    /// <summary>A sample's bytes.</summary>
    public static byte[] ReadSample(int index) => File.ReadAllBytes(Samples[index]);

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "EcgIntegration.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder;
    }
}
