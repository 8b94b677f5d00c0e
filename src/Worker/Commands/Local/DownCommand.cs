using System.CommandLine;
using System.Text.Json;
using EcgIntegration.Contracts;

namespace EcgIntegration.Worker.Commands.Local;

/// <summary><c>ecg down</c>: ends what was started here, and nothing else.</summary>
internal static class DownCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create(Say say)
    {
        var command = new Command("down", say(
            "End what was started here; the data stay.", "ここで起動したものだけを停止します。データは残ります。"));
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var terminal = Terminal.Of(parsed);
            var ended = await new LocalStack(terminal, allowDocker: true).DownAsync(cancellationToken);
            terminal.Output.WriteLine(terminal.Json
                ? JsonSerializer.Serialize(new { Ended = ended }, ContractJson.Compact)
                : ended is []
                    ? terminal.Say("Nothing was running.", "動いているものはありませんでした。")
                    : terminal.Say($"Ended: {string.Join(", ", ended)}", $"停止しました: {string.Join(", ", ended)}"));
            return 0;
        });
        return command;
    }
}
