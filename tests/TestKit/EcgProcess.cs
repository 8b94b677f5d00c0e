using System.Diagnostics;

namespace EcgIntegration.TestKit;

/// <summary>Runs a verb of the worker's program as a process, as a user would.</summary>
public static class EcgProcess
{
    /// <summary>The program, beside the tests of a project that refers to it.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "EcgIntegration.Worker.dll");

    /// <summary>Runs a verb to its end.</summary>
    /// <param name="arguments">Verb and options.</param>
    /// <param name="environment">Variables beside the test's own.</param>
    /// <param name="cancellationToken">Ends the process by force.</param>
    public static async Task<EcgResult> RunAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment, CancellationToken cancellationToken)
    {
        using var process = Start(arguments, environment);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    internal static Process Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}

/// <summary>How a verb ended.</summary>
/// <param name="ExitCode">0 done, 1 failed, 2 wrong usage.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record EcgResult(int ExitCode, string Output, string Error);
