using EcgIntegration.Signals.Wfdb;

namespace EcgIntegration.Training.Data;

/// <summary>WFDB records under a folder.</summary>
internal static class WfdbFolder
{
    // Deep enough for every published database; a link that leads back up ends here.
    private static readonly EnumerationOptions Nested = new() { RecurseSubdirectories = true, MaxRecursionDepth = 8 };

    /// <summary>Files under a folder by pattern, in the order of their paths.</summary>
    public static IReadOnlyList<string> Files(string folder, string pattern) =>
        [.. Directory.EnumerateFiles(folder, pattern, Nested).Order(StringComparer.Ordinal)];

    /// <summary>Whether there is any such file.</summary>
    public static bool Any(string folder, string pattern) => Directory.EnumerateFiles(folder, pattern, Nested).Any();

    /// <summary>A few headers, whichever the file system names first.</summary>
    public static IReadOnlyList<string> SomeHeaders(string folder)
    {
        const int Enough = 20;
        return [.. Directory.EnumerateFiles(folder, "*.hea", Nested).Take(Enough)];
    }

    /// <summary>A record's name under its folder, with <c>/</c> on every system and without extension.</summary>
    public static string IdOf(string folder, string path) =>
        Path.ChangeExtension(Path.GetRelativePath(folder, path), null).Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>Reads a header.</summary>
    /// <exception cref="TrainingException">It cannot be read.</exception>
    public static WfdbDescription Describe(string headerPath)
    {
        try
        {
            return WfdbReader.Describe(headerPath);
        }
        catch (WfdbException e)
        {
            throw new TrainingException($"In {Path.GetDirectoryName(headerPath)}: {e.Message}", e);
        }
    }
}
