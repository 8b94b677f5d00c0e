using System.CommandLine;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Worker.Commands.Local;
using EcgIntegration.Worker.Messaging;
using RabbitMQ.Client;

namespace EcgIntegration.Worker.Commands.Operations.Queues;

/// <summary><c>ecg queues requeue</c>: gives whole messages that the broker gave up to the intake again.</summary>
internal static class RequeueCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create(Say say)
    {
        var ids = EventIds.Any("ID", say("Event ids, as ecg queues dead shows them.", "イベントID(ecg queues dead が表示するもの)。"), say);
        var all = new Option<bool>("--all")
        {
            Description = say("Every whole message.", "本文のあるメッセージすべて。"),
        };
        var command = new Command("requeue", say(
            "Publish dead letters again with their own routing key. Kill-safe: at least once, the ledger removes duplicates.",
            "配信不能メッセージを元のルーティングキーで再送します。途中で止まっても失われず、重複は台帳が取り除きます。"))
        {
            ids, all,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) == (result.GetResult(ids) is { Tokens.Count: > 0 }))
            {
                result.AddError(say("Name event ids, or --all", "イベントIDか --all を指定してください"));
            }
        });
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(Terminal.Of(parsed), parsed.GetValue(all) ? null : parsed.GetRequiredValue(ids).ToHashSet(), cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(Terminal terminal, HashSet<Guid>? wanted, CancellationToken cancellationToken) =>
        LedgerAccess.UseAsync(async services =>
        {
            var seen = new HashSet<Guid>();
            var notices = new HashSet<Guid>();
            var strangers = new HashSet<Guid>();
            await using (var queue = await DeadLetterQueue.OpenAsync(Connections.RabbitMq(), cancellationToken))
            {
                await queue.WalkAsync(long.MaxValue, TakeAsync, cancellationToken);

                async Task<bool> TakeAsync(DeadLetter letter, BasicGetResult delivery)
                {
                    if (wanted?.Contains(letter.EventId) == false)
                    {
                        return false;
                    }

                    seen.Add(letter.EventId);
                    if (letter is not { Kind: DeadLetterKind.Message, RoutingKey: not null })
                    {
                        (letter.Kind == DeadLetterKind.Notice ? notices : strangers).Add(letter.EventId);
                        return false;
                    }

                    await LedgerAccess.RecordAsync(services, "requeue", letter.EventId, cancellationToken);
                    await queue.PublishAsync(letter, delivery, cancellationToken);
                    terminal.Output.WriteLine(terminal.Json
                        ? JsonSerializer.Serialize(new { letter.EventId, letter.RoutingKey }, ContractJson.Compact)
                        : $"{letter.EventId}  {letter.RoutingKey}");
                    return true;
                }
            }

            var missing = wanted?.Except(seen).ToList() ?? [];
            Explain(terminal, wanted is null, notices, strangers, missing);

            // Asked for all, a notice is passed over; asked for by name, it is a wish that was not fulfilled.
            return strangers.Count == 0 && missing.Count == 0 && (wanted is null || notices.Count == 0) ? 0 : 1;
        });

    private static void Explain(
        Terminal terminal, bool all, HashSet<Guid> notices, HashSet<Guid> strangers, List<Guid> missing)
    {
        if (notices.Count > 0)
        {
            var which = all ? $"{notices.Count}" : string.Join(' ', notices);
            terminal.Warn(
                $"Notices stay ({which}): their bodies have no usable event id and would be refused again; ecg queues export ID --out FILE writes the kept body, to be mended and published, and ecg queues discard takes the notice away.",
                $"通知は再送しません({which})。本文に有効なイベントIDがなく再び拒否されるため、ecg queues export ID --out FILE で保存済みの本文を書き出し、修正して送信してください。通知は ecg queues discard で削除できます。");
        }

        if (strangers.Count > 0)
        {
            terminal.Warn(
                $"Left where they are, because their routing key is none of the intake's: {string.Join(' ', strangers)}.",
                $"受信用のルーティングキーではないため残しました: {string.Join(' ', strangers)}");
        }

        if (missing.Count > 0)
        {
            terminal.Warn(
                $"Not on {BrokerNames.Dead}: {string.Join(' ', missing)}; ecg queues dead lists what is.",
                $"{BrokerNames.Dead} にありません: {string.Join(' ', missing)}。一覧は ecg queues dead で表示します。");
        }
    }
}
