using System.Diagnostics;
using System.Globalization;
using EcgIntegration.LocalServers.Processes;

namespace EcgIntegration.TestKit;

/// <summary>
/// A disk of a few megabytes, in memory, that can be filled up and emptied again. Only root can mount one. What a killed
/// test left mounted, the next one takes away.
/// </summary>
public sealed class SmallDisk : IDisposable
{
    private const string Source = "ecg-test-disk-";
    private readonly TemporaryFolder _folder = new();

    private SmallDisk()
    {
    }

    /// <summary>Where it is mounted.</summary>
    public string Path => _folder.Path;

    private string Ballast => _folder.File("ballast");

    /// <summary>Mounts one, or returns <see langword="null"/> where this process may not.</summary>
    /// <param name="megabytes">Its size.</param>
    public static SmallDisk? TryMount(int megabytes)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return null;
        }

        RemoveLeftOvers();
        var disk = new SmallDisk();
        var source = string.Create(CultureInfo.InvariantCulture, $"{Source}{Environment.ProcessId}");
        if (Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m,mode=711"), source, disk.Path))
        {
            return disk;
        }

        disk._folder.Dispose();
        return null;
    }

    /// <summary>Takes every byte that is left.</summary>
    public void Fill()
    {
        var block = new byte[1 << 16];
        using var ballast = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var size = block.Length; size > 0;)
        {
            try
            {
                ballast.Write(block, 0, size);
            }
            catch (IOException)
            {
                // Full for a write of this size: the rest goes in smaller ones.
                size /= 16;
            }
        }
    }

    /// <summary>Gives it back.</summary>
    public void Free() => File.Delete(Ballast);

    /// <summary>Unmounts it with all it holds.</summary>
    public void Dispose()
    {
        Run("umount", "-l", Path);
        _folder.Dispose();
    }

    private static void RemoveLeftOvers()
    {
        foreach (var mount in File.ReadLines("/proc/mounts").Select(line => line.Split(' ')).Where(fields => fields[0].StartsWith(Source, StringComparison.Ordinal)))
        {
            if (int.TryParse(mount[0][Source.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var owner) && ProcessIdentity.Of(owner) is null)
            {
                Run("umount", "-l", mount[1]);
            }
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
