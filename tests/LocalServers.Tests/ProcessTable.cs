using System.Globalization;
using System.Net;

namespace EcgIntegration.LocalServers.Tests;

/// <summary>What /proc tells, read independently of the code under test.</summary>
internal static class ProcessTable
{
    /// <summary>Command lines that mention a folder.</summary>
    public static IReadOnlyList<string> Naming(string folder) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Where(entry => int.TryParse(Path.GetFileName(entry), out _))
            .Select(entry => TryRead(Path.Combine(entry, "cmdline")).Replace('\0', ' '))
            .Where(line => line.Contains(folder, StringComparison.Ordinal)),
    ];

    /// <summary>A process's command line.</summary>
    public static IReadOnlyList<string> Arguments(int processId) => TryRead($"/proc/{processId}/cmdline").Split('\0');

    /// <summary>Processes whose environment mentions a text.</summary>
    public static IReadOnlyList<int> Inheriting(string text) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(entry => (Entry: entry, IsProcess: int.TryParse(Path.GetFileName(entry), out var id), Id: id))
            .Where(process => process.IsProcess && TryRead(Path.Combine(process.Entry, "environ")).Contains(text, StringComparison.Ordinal))
            .Select(process => process.Id),
    ];

    /// <summary>The addresses a process listens on.</summary>
    public static IReadOnlyList<IPEndPoint> Listening(int processId)
    {
        var sockets = Directory.EnumerateFiles($"/proc/{processId}/fd")
            .Select(file => new FileInfo(file).LinkTarget ?? "")
            .Where(target => target.StartsWith("socket:[", StringComparison.Ordinal))
            .Select(target => target["socket:[".Length..^1])
            .ToHashSet();
        return
        [
            .. new[] { "/proc/net/tcp", "/proc/net/tcp6" }
                .SelectMany(file => File.ReadLines(file).Skip(1))
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(field => field[3] == "0A" && sockets.Contains(field[9]))
                .Select(field => Parse(field[1])),
        ];
    }

    private static IPEndPoint Parse(string text)
    {
        var parts = text.Split(':');
        var address = Convert.FromHexString(parts[0]);

        // The kernel prints 32-bit words in the machine's order.
        for (var word = 0; word < address.Length; word += 4)
        {
            Array.Reverse(address, word, 4);
        }

        return new(new IPAddress(address), int.Parse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }

    private static string TryRead(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
