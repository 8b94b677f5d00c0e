using System.CommandLine;
using System.Text.Json;
using EcgIntegration.Contracts;

namespace EcgIntegration.Worker.Commands.Local;

/// <summary><c>ecg status</c>: how each part is; exit code 1 unless all is ready.</summary>
internal static class StatusCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create(Say say)
    {
        var command = new Command("status", say(
            "Show how each part is; exit code 1 unless all are ready.", "各部分の状態を表示します。すべて準備完了でなければ終了コードは1です。"));
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var terminal = Terminal.Of(parsed);
            var parts = await new LocalStack(terminal, allowDocker: true).StatusAsync(cancellationToken);
            foreach (var part in parts)
            {
                terminal.Output.WriteLine(terminal.Json
                    ? JsonSerializer.Serialize(part, ContractJson.Compact)
                    : $"{part.Name,-9} {part.State,-9} {part.Pid,7} {part.Address}{(part.Reason is null ? "" : $"  {part.Reason}")}".TrimEnd());
            }

            return parts.All(part => part.IsGood) ? 0 : 1;
        });
        return command;
    }
}
