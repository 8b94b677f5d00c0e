using System.Globalization;

namespace EcgIntegration.LocalServers.Processes;

/// <summary>
/// Finds what a killed server left running. Processes that belong to someone else cannot be looked into and are left out.
/// </summary>
public static class ProcessScan
{
    /// <summary>Processes whose environment, inherited from the server's start, holds an entry such as <c>NAME=value</c>.</summary>
    public static IReadOnlyList<ProcessIdentity> WithEnvironment(string entry) =>
        Where(folder => File.ReadAllText($"{folder}/environ").Split('\0').Contains(entry));

    /// <summary>Processes that work in a folder.</summary>
    public static IReadOnlyList<ProcessIdentity> WorkingIn(string directory) =>
        Where(folder => new FileInfo($"{folder}/cwd").LinkTarget == directory);

    private static List<ProcessIdentity> Where(Func<string, bool> condition)
    {
        var found = new List<ProcessIdentity>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                continue;
            }

            try
            {
                // Identity first: were the id reused in between, the signal sent later would find another start time.
                if (ProcessIdentity.Of(id) is { } identity && condition(folder))
                {
                    found.Add(identity);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Ended meanwhile, or not ours to see.
            }
        }

        return found;
    }
}
