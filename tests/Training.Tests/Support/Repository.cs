namespace EcgIntegration.Training.Tests.Support;

/// <summary>Where the repository's own files are, whatever folder the tests run in.</summary>
internal static class Repository
{
    /// <summary>The checkout: the nearest folder above this program with the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>The shipped model bundle.</summary>
    public static string Bundle => Path.Combine(Root, "models", "default");

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "EcgIntegration.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("These tests run inside the repository.");
    }
}
