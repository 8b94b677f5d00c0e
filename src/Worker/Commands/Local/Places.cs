namespace EcgIntegration.Worker.Commands.Local;

/// <summary>Where things lie on this machine.</summary>
internal static class Places
{
    /// <summary>The checkout: <c>ECG_HOME</c>, which the script <c>ecg</c> sets, or the nearest folder above the program that has one.</summary>
    public static string Home { get; } = Environment.GetEnvironmentVariable("ECG_HOME") is { Length: > 0 } home
        ? Path.GetFullPath(home)
        : Ancestors(AppContext.BaseDirectory).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "EcgIntegration.sln")))
            ?? Environment.CurrentDirectory;

    /// <summary>What runs, and its data: <c>ECG_RUN</c>, or <c>.run</c> in the checkout.</summary>
    public static string Run { get; } = Environment.GetEnvironmentVariable("ECG_RUN") is { Length: > 0 } run
        ? Path.GetFullPath(run)
        : Path.Combine(Home, ".run");

    /// <summary>Addresses for other programs.</summary>
    public static string EndpointsFile => Path.Combine(Run, "endpoints.json");

    /// <summary>What the worker prints.</summary>
    public static string WorkerLog => Path.Combine(Logs, "worker.log");

    /// <summary>What Docker prints.</summary>
    public static string DockerLog => Path.Combine(Logs, "docker.log");

    private static string Logs => Path.Combine(Run, "logs");

    /// <summary>Creates the folders.</summary>
    public static void Create()
    {
        Directory.CreateDirectory(Logs);
        if (!OperatingSystem.IsWindows())
        {
            // The servers' accounts pass through it to their own folders; every file with a secret is closed by itself.
            File.SetUnixFileMode(
                Run, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }
    }

    private static IEnumerable<string> Ancestors(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            yield return at.FullName;
        }
    }
}
