using System.Globalization;
using System.Runtime.InteropServices;

namespace EcgIntegration.LocalServers.Processes;

/// <summary>
/// One process, beyond doubt: process ids are reused, but not together with the start time of the same boot.
/// Only a process that still answers to all three is ever signalled.
/// </summary>
/// <param name="ProcessId">The process id.</param>
/// <param name="StartTicks">Start time in clock ticks since boot (field 22 of <c>/proc/PID/stat</c>).</param>
/// <param name="BootId">The kernel's random id of this boot.</param>
public sealed partial record ProcessIdentity(int ProcessId, long StartTicks, string BootId)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private static readonly Lazy<string> CurrentBoot =
        new(() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());

    /// <summary>Whether the process still runs; a zombie does not.</summary>
    public bool IsAlive => BootId == CurrentBoot.Value && ReadStartTicks(ProcessId) == StartTicks;

    /// <summary>The identity of a running process, or <see langword="null"/> where none runs under that id.</summary>
    public static ProcessIdentity? Of(int processId) =>
        ReadStartTicks(processId) is { } ticks ? new(processId, ticks, CurrentBoot.Value) : null;

    /// <summary>Sends a signal, if the process is still the one meant.</summary>
    /// <returns>False where it is gone already.</returns>
    public bool Signal(ProcessSignal signal) => IsAlive && Kill(ProcessId, (int)signal) == 0;

    /// <summary>Waits until the process has ended.</summary>
    /// <returns>False where it still runs after <paramref name="limit"/>.</returns>
    public async Task<bool> WaitForExitAsync(TimeSpan limit, CancellationToken cancellationToken = default)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (IsAlive)
        {
            if (TimeProvider.System.GetElapsedTime(start) > limit)
            {
                return false;
            }

            await Task.Delay(PollInterval, cancellationToken);
        }

        return true;
    }

    /// <summary>Asks the process to end, waits, and ends it by force where asking did not help.</summary>
    /// <param name="ask">The signal on which the program ends in good order.</param>
    /// <param name="patience">How long it may take over that.</param>
    /// <param name="cancellationToken">Ends the waiting, not the process.</param>
    public async Task EndAsync(ProcessSignal ask, TimeSpan patience, CancellationToken cancellationToken = default)
    {
        if (Signal(ask) && !await WaitForExitAsync(patience, cancellationToken))
        {
            Signal(ProcessSignal.Kill);
            await WaitForExitAsync(patience, cancellationToken);
        }
    }

    private static long? ReadStartTicks(int processId)
    {
        string stat;
        try
        {
            stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
        }
        catch (IOException)
        {
            return null;
        }

        // The program's name stands in parentheses and may hold anything, so fields are counted from its end.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        const int State = 0;
        const int StartTime = 19;
        return fields[State] is "Z" or "X" ? null : long.Parse(fields[StartTime], CultureInfo.InvariantCulture);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
