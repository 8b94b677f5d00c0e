using System.Diagnostics;

namespace EcgIntegration.LocalServers.Processes;

/// <summary>
/// Starts a process that outlives this one: a session of its own, so that Ctrl-C at the terminal does not reach it,
/// no inherited standard streams, and its output in a file.
/// </summary>
public static class DetachedProcess
{
    // Every step replaces the one before (exec), so the id of the started process is the program's own.
    private const string Script = "umask 077; log=$1; shift; exec setsid \"$@\" </dev/null >>\"$log\" 2>&1";

    /// <summary>Starts a program.</summary>
    /// <param name="command">Program and arguments; never a secret, since command lines are public.</param>
    /// <param name="environment">The whole environment.</param>
    /// <param name="folder">Working directory.</param>
    /// <param name="log">File its output is appended to.</param>
    /// <exception cref="PrivateServerException">It could not be started.</exception>
    public static ProcessIdentity Start(
        IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, string folder, string log) =>
        Start(new ServerAccount(UserName: null), command, environment, folder, log);

    internal static ProcessIdentity Start(
        ServerAccount account,
        IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string> environment,
        string folder,
        string log)
    {
        var whole = account.Command(["/bin/sh", "-c", Script, "sh", log, .. command]);
        var start = new ProcessStartInfo(whole[0], whole.Skip(1)) { WorkingDirectory = folder };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start);
        return (process is null ? null : ProcessIdentity.Of(process.Id))
            ?? throw new PrivateServerException($"{command[0]} did not start: see {log}.");
    }
}
