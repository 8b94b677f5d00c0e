using System.Diagnostics;

namespace EcgIntegration.LocalServers.Processes;

/// <summary>Runs a command to its end. The environment is not inherited: PGPORT or ERL_FLAGS of the caller must not leak in.</summary>
internal static class ShortCommand
{
    /// <summary>Environment every server and its tools start from.</summary>
    public static IReadOnlyDictionary<string, string> BaseEnvironment { get; } = new Dictionary<string, string>
    {
        ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ["LANG"] = "C.UTF-8",
        ["LC_ALL"] = "C.UTF-8",
    };

    /// <summary>Runs a command that is expected to succeed and returns its standard output.</summary>
    /// <exception cref="PrivateServerException">It did not succeed; the message ends with its last line of error output.</exception>
    public static async Task<string> RunAsync(
        IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment, CancellationToken cancellationToken)
    {
        var (exitCode, output, error) = await TryRunAsync(command, environment, cancellationToken);
        var lastLine = error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
        return exitCode == 0
            ? output
            : throw new PrivateServerException($"The command {Name(command)} ended with {exitCode}: {lastLine ?? "it said nothing"}");
    }

    /// <summary>Runs a command and returns how it ended.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> TryRunAsync(
        IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        foreach (var (name, value) in BaseEnvironment.Concat(environment ?? new Dictionary<string, string>()))
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new PrivateServerException($"The command {Name(command)} did not start.");
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static string Name(IReadOnlyList<string> command)
    {
        var own = command.ToList().IndexOf("--");
        return Path.GetFileName(command[0] == "setpriv" ? command[own + 1] : command[0]);
    }
}
