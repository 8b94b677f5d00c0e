namespace EcgIntegration.TestKit;

/// <summary>A folder of one test's own, gone on dispose.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Creates it.</summary>
    public TemporaryFolder()
    {
        if (!OperatingSystem.IsWindows())
        {
            // Servers that tests start as root run under accounts of their own: they may pass through, not look around.
            System.IO.File.SetUnixFileMode(Path, OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }
    }

    /// <summary>Its path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("ecg-test-").FullName;

    /// <summary>A path in it.</summary>
    public string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Removes it with all it holds.</summary>
    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
