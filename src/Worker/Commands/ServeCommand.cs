using System.CommandLine;
using EcgIntegration.Worker.Hosting;

namespace EcgIntegration.Worker.Commands;

/// <summary><c>ecg serve</c>: the worker in the foreground, on the servers its configuration names.</summary>
internal static class ServeCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create(Say say)
    {
        var command = new Command("serve", say(
            "Run the worker in the foreground, on the servers its configuration names.",
            "設定で指定したサーバーを使い、ワーカーをフォアグラウンドで実行します。"));
        command.SetAction((_, cancellationToken) => WorkerHost.RunAsync(cancellationToken));
        return command;
    }
}
