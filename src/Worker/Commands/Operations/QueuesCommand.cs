using System.CommandLine;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Worker.Commands.Local;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace EcgIntegration.Worker.Commands.Operations;

/// <summary><c>ecg queues</c>: what waits in the intake, who reads it, and what could not be read at all.</summary>
internal static class QueuesCommand
{
    private static readonly string[] Names = ["ecg.intake.stat", "ecg.intake.routine", "ecg.intake.dead"];

    /// <summary>Creates the verb.</summary>
    public static Command Create(Say say)
    {
        var command = new Command("queues", say(
            "Show the intake's queues: waiting messages and consumers; ecg.intake.dead holds what had no usable event id.",
            "受信キューの待ち件数とコンシューマー数を表示します。ecg.intake.dead は読み取れなかったイベントです。"));
        command.SetAction((parsed, cancellationToken) => RunAsync(Terminal.Of(parsed), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await BrokerConnection.OpenAsync(Connections.RabbitMq(), "ecg-queues", cancellationToken);
        foreach (var name in Names)
        {
            var queue = await AskAsync(connection, name, cancellationToken);
            terminal.Output.WriteLine(terminal.Json
                ? JsonSerializer.Serialize(new { Queue = name, Declared = queue is not null, queue?.MessageCount, queue?.ConsumerCount }, ContractJson.Compact)
                : queue is null
                    ? $"{name,-20} {terminal.Say("not declared: the worker has never run on this broker", "未宣言(このブローカーでワーカーが動いたことはありません)")}"
                    : $"{name,-20} {queue.MessageCount,8} {terminal.Say("waiting", "件待ち")} {queue.ConsumerCount,4} {terminal.Say("consumers", "コンシューマー")}");
        }

        return 0;
    }

    // Asking for a queue that is not there closes the channel: each question has one of its own.
    private static async Task<QueueDeclareOk?> AskAsync(IConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        try
        {
            return await channel.QueueDeclarePassiveAsync(name, cancellationToken);
        }
        catch (OperationInterruptedException)
        {
            return null;
        }
    }
}
