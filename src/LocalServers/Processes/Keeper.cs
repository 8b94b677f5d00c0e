using System.Diagnostics;
using System.Globalization;

namespace EcgIntegration.LocalServers.Processes;

/// <summary>
/// A shell that outlives its starter by a moment: when the pipe to it closes, as it does even on SIGKILL of the starter,
/// it ends the processes it was told of and removes their folders.
/// </summary>
public sealed class Keeper : IAsyncDisposable
{
    private const string Script = """
        alive() { [ "$(cut -d' ' -f22 "/proc/$1/stat" 2>/dev/null)" = "$2" ]; }
        each() { do=$1; shift; for entry; do case $entry in /*) continue ;; esac; IFS=: read -r signal pid ticks <<END
        $entry
        END
        alive "$pid" "$ticks" && $do; done; return 0; }
        ask() { kill -s "$signal" "$pid" 2>/dev/null; }
        force() { kill -s KILL "$pid" 2>/dev/null; }
        count() { running=$((running + 1)); }
        read -r _
        each ask "$@"
        tries=0
        while running=0; each count "$@"; [ $running -gt 0 ] && [ $tries -lt 100 ]; do tries=$((tries + 1)); sleep 0.05; done
        each force "$@"
        for entry; do case $entry in /*) rm -rf -- "$entry" ;; esac; done
        """;

    private readonly Process _shell;

    private Keeper(Process shell) => _shell = shell;

    /// <summary>Starts watching over processes.</summary>
    /// <param name="folders">Absolute paths of what is removed at the end.</param>
    /// <param name="processes">Each with the signal that ends it.</param>
    public static Keeper Watch(IEnumerable<string> folders, params IEnumerable<(ProcessSignal Signal, ProcessIdentity Process)> processes)
    {
        var entries = processes.Select(entry => string.Create(
            CultureInfo.InvariantCulture, $"{(int)entry.Signal}:{entry.Process.ProcessId}:{entry.Process.StartTicks}"));
        var start = new ProcessStartInfo("setsid", ["/bin/sh", "-c", Script, "sh", .. folders, .. entries])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        return new Keeper(Process.Start(start) ?? throw new PrivateServerException("The shell that watches over a private server did not start."));
    }

    /// <summary>Lets the keeper do its work now, and waits for it.</summary>
    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }
}
