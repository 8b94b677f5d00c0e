namespace EcgIntegration.LocalServers;

/// <summary>Files that hold passwords.</summary>
public static class OwnedFile
{
    /// <summary>Writes a file that only its owner can read, whole or not at all.</summary>
    public static void Write(string file, string text)
    {
        var next = $"{file}.{Environment.ProcessId}.new";
        File.Delete(next);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(next, options))
        {
            writer.Write(text);
        }

        File.Move(next, file, overwrite: true);
    }
}
