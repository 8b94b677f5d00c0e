using System.CommandLine;
using EcgIntegration.Worker.Commands.Local;

namespace EcgIntegration.Worker.Commands;

/// <summary><c>probe</c>: whether the worker of this configuration is ready; the health check of its container image, which has no curl.</summary>
internal static class ProbeCommand
{
    private const string DefaultUrls = "http://127.0.0.1:8080";

    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var command = new Command("probe", "Exit code 0 if the worker of this configuration is ready.") { Hidden = true };
        command.SetAction(async (_, cancellationToken) =>
            (await WorkerHealth.AskAsync(LocalWorker.Address(new LocalSettings().Urls ?? DefaultUrls), cancellationToken)).IsReady ? 0 : 1);
        return command;
    }
}
