using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Audit;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Worker.Commands.Local;
using EcgIntegration.Worker.Messaging;
using RabbitMQ.Client;

namespace EcgIntegration.Worker.Commands.Operations.Queues;

/// <summary>
/// <c>ecg queues discard</c>: takes dead letters off the queue that are dealt with. A whole message that could still be read,
/// and of which the ledger knows nothing, stays: it is all there is of its ECG.
/// </summary>
internal static class DiscardCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create(Say say)
    {
        var ids = EventIds.Any("ID", say("Event ids, as ecg queues dead shows them.", "イベントID(ecg queues dead が表示するもの)。"), say);
        var notices = new Option<bool>("--all-notices") { Description = say("Every notice.", "通知すべて。") };
        var why = WhyOption.Create(say);
        var command = new Command("discard", say(
            "Take dead letters off the queue. The ledger keeps their events; a whole message it does not know stays: requeue it.",
            "配信不能メッセージをキューから削除します。イベントは台帳に残り、台帳にない本文付きのメッセージは削除しません(requeue を使用してください)。"))
        {
            ids, notices, why,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(notices) == (result.GetResult(ids) is { Tokens.Count: > 0 }))
            {
                result.AddError(say("Name event ids, or --all-notices", "イベントIDか --all-notices を指定してください"));
            }
        });
        command.SetAction((parsed, cancellationToken) => RunAsync(
            Terminal.Of(parsed),
            parsed.GetValue(notices) ? null : parsed.GetRequiredValue(ids).ToHashSet(),
            parsed.GetRequiredValue(why).Trim(),
            cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(Terminal terminal, HashSet<Guid>? wanted, string why, CancellationToken cancellationToken) =>
        LedgerAccess.UseAsync(async services =>
        {
            var seen = new HashSet<Guid>();
            var kept = new HashSet<Guid>();
            await using (var queue = await DeadLetterQueue.OpenAsync(Connections.RabbitMq(), cancellationToken))
            {
                await queue.WalkAsync(long.MaxValue, TakeAsync, cancellationToken);
            }

            var missing = wanted?.Except(seen).ToList() ?? [];
            Explain(terminal, kept, missing);
            return kept.Count == 0 && missing.Count == 0 ? 0 : 1;

            async Task<bool> TakeAsync(DeadLetter letter, BasicGetResult delivery)
            {
                if (wanted is null ? letter.Kind != DeadLetterKind.Notice : !wanted.Contains(letter.EventId))
                {
                    return false;
                }

                seen.Add(letter.EventId);
                if (letter is { Kind: DeadLetterKind.Message, RoutingKey: not null }
                    && await services.GetRequiredService<IStudyLedger>().FindAsync(letter.EventId, cancellationToken) is not { IsFinal: true })
                {
                    kept.Add(letter.EventId);
                    return false;
                }

                await RecordAsync(services, letter, why, cancellationToken);
                terminal.Output.WriteLine(terminal.Json
                    ? JsonSerializer.Serialize(new { letter.EventId, letter.Kind, letter.Code, letter.Sha256 }, ContractJson.Compact)
                    : $"{letter.EventId}  {letter.Code ?? "-"}");
                return true;
            }
        });

    private static Task RecordAsync(IServiceProvider services, DeadLetter letter, string why, CancellationToken cancellationToken)
    {
        var what = string.Create(CultureInfo.InvariantCulture, $"Event/{letter.EventId} {letter.Code ?? "-"} sha256: {letter.Sha256} why: {why}");
        return services.GetRequiredService<IAuditLog>()
            .RecordAsync(new AuditRecord(LedgerAccess.Operator, "discard", what, Patient: null, Results: 1), cancellationToken);
    }

    private static void Explain(Terminal terminal, HashSet<Guid> kept, List<Guid> missing)
    {
        if (kept.Count > 0)
        {
            terminal.Warn(
                $"Left where they are, because the ledger has no outcome of them and they are all there is of their ECGs: {string.Join(' ', kept)}; ecg queues requeue ID gives them back to the intake.",
                $"台帳に結果がなく、心電図の唯一の記録であるため残しました: {string.Join(' ', kept)}。ecg queues requeue ID で再送してください。");
        }

        if (missing.Count > 0)
        {
            terminal.Warn(
                $"Not on {BrokerNames.Dead}: {string.Join(' ', missing)}; ecg queues dead lists what is.",
                $"{BrokerNames.Dead} にありません: {string.Join(' ', missing)}。一覧は ecg queues dead で表示します。");
        }
    }
}
