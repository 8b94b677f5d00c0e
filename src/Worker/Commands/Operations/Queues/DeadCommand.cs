using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Worker.Commands.Local;

namespace EcgIntegration.Worker.Commands.Operations.Queues;

/// <summary><c>ecg queues dead</c>: the dead letters, without consuming them and without their bodies.</summary>
internal static class DeadCommand
{
    private const int Default = 50;
    private const int Most = 10_000;

    /// <summary>Creates the verb.</summary>
    public static Command Create(Say say)
    {
        var limit = LimitOption.Create(say, Default, Most);
        var command = new Command("dead", say(
            "List dead letters, the oldest first. They stay where they are, and no body is shown.",
            "配信不能メッセージを古い順に一覧表示します。メッセージは残り、本文は表示しません。"))
        {
            limit,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(Terminal.Of(parsed), parsed.GetValue(limit), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, int limit, CancellationToken cancellationToken)
    {
        var letters = new List<DeadLetter>();
        await using (var queue = await DeadLetterQueue.OpenAsync(Connections.RabbitMq(), cancellationToken))
        {
            await queue.WalkAsync(
                limit,
                (letter, _) =>
                {
                    letters.Add(letter);
                    return Task.FromResult(false);
                },
                cancellationToken);
        }

        if (terminal.Json)
        {
            letters.ForEach(letter => terminal.Output.WriteLine(JsonSerializer.Serialize(letter, ContractJson.Compact)));
            return 0;
        }

        if (letters.Count == 0)
        {
            terminal.Output.WriteLine(terminal.Say("No dead letters.", "配信不能メッセージはありません。"));
            return 0;
        }

        var table = new TextTable(
            terminal.Say("Since", "日時"), terminal.Say("Kind", "種別"), terminal.Say("Event", "イベント"), terminal.Say("Reason", "理由"), terminal.Say("Bytes", "バイト数"), "SHA-256");
        foreach (var letter in letters)
        {
            table.Add(
                letter.At is { } at ? JapanTime.Of(at) : "-",
                letter.Kind == DeadLetterKind.Notice ? terminal.Say("notice", "通知") : terminal.Say("message", "メッセージ"),
                letter.EventId.ToString(),
                letter.Code ?? "-",
                letter.Bytes.ToString(CultureInfo.InvariantCulture),
                letter.Sha256);
        }

        table.Write(terminal);
        return 0;
    }
}
