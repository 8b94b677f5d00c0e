using System.Diagnostics;

namespace EcgIntegration.LocalServers.Tests;

/// <summary>This assembly, run once more as a process that starts a server and is then killed.</summary>
public sealed class Starter
{
    private const string FolderVariable = "ECG_TEST_STARTER_FOLDER";

    /// <summary>Starts the process.</summary>
    /// <param name="folder">Folder of its server.</param>
    /// <param name="temporary">Its folder for temporary files: what is killed removes none of its own.</param>
    public static Process Launch(string folder, string temporary)
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath!,
            [typeof(Starter).Assembly.Location, "-explicit", "only", "-method", $"{typeof(Starter).FullName}.{nameof(Starts_a_server_and_waits)}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[FolderVariable] = folder;
        start.Environment["TMPDIR"] = temporary;
        return Process.Start(start)!;
    }

    [Fact(Explicit = true)]
    public async Task Starts_a_server_and_waits()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable);
        Assert.NotNull(folder);
        var options = new PrivateServerOptions { Durable = false, EndsWithStarter = true };
        await PrivatePostgres.StartAsync(folder, options, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "ready"), "", TestContext.Current.CancellationToken);
        await Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);
    }
}
