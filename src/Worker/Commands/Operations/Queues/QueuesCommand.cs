using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Operations;
using EcgIntegration.Worker.Commands.Local;
using EcgIntegration.Worker.Messaging;

namespace EcgIntegration.Worker.Commands.Operations.Queues;

/// <summary><c>ecg queues</c>: what waits in the intake, who reads it, how fast it goes, and what could not be read at all.</summary>
internal static class QueuesCommand
{
    private static readonly (string Queue, EventPriority? Priority)[] Queues =
    [
        (BrokerNames.StatQueue, EventPriority.Stat),
        (BrokerNames.RoutineQueue, EventPriority.Routine),
        (BrokerNames.ReplayQueue, null),
        (BrokerNames.Returned, null),
        (BrokerNames.Dead, null),
    ];

    /// <summary>Creates the verb.</summary>
    public static Command Create(Say say)
    {
        var command = new Command("queues", say(
            "Show the intake's queues: waiting messages, consumers and rates; ecg.intake.dead holds what the intake could not use.",
            "受信キューの待ち件数・コンシューマー数・処理速度を表示します。ecg.intake.dead は受け付けられなかったメッセージです。"))
        {
            DeadCommand.Create(say),
            RequeueCommand.Create(say),
            DiscardCommand.Create(say),
            ExportCommand.Create(say),
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(Terminal.Of(parsed), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, CancellationToken cancellationToken)
    {
        var address = Connections.RabbitMq();
        await using var connection = await BrokerConnection.OpenAsync(address, "ecg-queues", cancellationToken);
        var unacknowledged = QueueDepths.UnacknowledgedAsync(address, cancellationToken);
        var flows = await ReadFlowsAsync(terminal, cancellationToken);
        var lines = new List<QueueLine>();
        foreach (var (name, priority) in Queues)
        {
            var queue = await QueueDepths.AskAsync(connection, name, cancellationToken);
            var flow = flows.FirstOrDefault(flow => flow.Priority == priority);
            lines.Add(new QueueLine(
                name,
                queue is not null,
                queue?.MessageCount,
                queue?.ConsumerCount,
                queue?.MessageCount,
                (await unacknowledged).TryGetValue(name, out var count) ? count : null,
                priority,
                flow?.ReceivedPerMinute,
                flow?.FinishedPerMinute,
                flow?.Undecided,
                flow?.OldestUndecided));
        }

        if (terminal.Json)
        {
            lines.ForEach(line => terminal.Output.WriteLine(JsonSerializer.Serialize(line, ContractJson.Compact)));
            return 0;
        }

        Table(terminal, lines).Write(terminal);
        if (lines[^1].Ready is > 0 and var dead)
        {
            terminal.Warn($"{dead} dead letters: ecg queues dead shows them.", $"配信不能メッセージが{dead}件あります。ecg queues dead で表示します。");
        }

        return 0;
    }

    private static async Task<IReadOnlyList<IntakeFlow>> ReadFlowsAsync(Terminal terminal, CancellationToken cancellationToken)
    {
        try
        {
            return await LedgerAccess.UseAsync(services => services.GetRequiredService<IIntakeFigures>().ReadAsync(cancellationToken));
        }
        catch (CommandException e)
        {
            // The depths are wanted most while the database is away.
            terminal.Warn($"Rates are not known. {e.Message}", $"処理速度は取得できません。{e.In(japanese: true)}");
            return [];
        }
    }

    private static TextTable Table(Terminal terminal, IEnumerable<QueueLine> lines)
    {
        var table = new TextTable(
            terminal.Say("Queue", "キュー"),
            terminal.Say("Ready", "待ち"),
            terminal.Say("Unacknowledged", "処理中"),
            terminal.Say("Consumers", "コンシューマー"),
            terminal.Say("Received/min (1, 5, 15 min)", "受信/分(1・5・15分)"),
            terminal.Say("Finished/min (1, 5, 15 min)", "完了/分(1・5・15分)"),
            terminal.Say("Undecided", "未判定"),
            terminal.Say("Oldest since", "最古の受信時刻"));
        foreach (var line in lines)
        {
            table.Add(
                line.Queue,
                line.Declared ? Number(line.Ready) : terminal.Say("not declared: no worker has run here", "未宣言(ワーカー未起動)"),
                Number(line.Unacknowledged),
                Number(line.ConsumerCount),
                Rate(line.ReceivedPerMinute),
                Rate(line.FinishedPerMinute),
                Number(line.Undecided),
                line.OldestWaiting is { } oldest ? JapanTime.Of(oldest) : "-");
        }

        return table;
    }

    private static string Number(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static string Rate(RecentRate? rate) =>
        rate is null ? "-" : string.Create(CultureInfo.InvariantCulture, $"{rate.Last1:0.0}  {rate.Last5:0.0}  {rate.Last15:0.0}");
}
