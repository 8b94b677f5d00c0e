using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Models;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Suggestions;

namespace EcgIntegration.Worker.Commands.Operations.Models;

/// <summary>
/// <c>ecg models compare</c>: where the model in the shadow decides otherwise, and above all which ECGs would stop being
/// urgent or become so.
/// </summary>
internal static partial class CompareCommand
{
    private const int Default = 50;
    private const int Most = 100_000;

    /// <summary>Creates the verb.</summary>
    public static Command Create(Say say)
    {
        var since = new Option<DateTimeOffset?>("--since")
        {
            HelpName = "TIME",
            CustomParser = result => Moment(result.Tokens[0].Value) is { } moment
                ? moment
                : Refuse(result, say(
                    "--since must be a time such as 2026-04-01T09:00 or an age such as 90m, 12h or 7d",
                    "--since は時刻(例: 2026-04-01T09:00)または期間(例: 90m、12h、7d)で指定してください")),
            Description = say(
                "Only ECGs decided since: 2026-04-01, 2026-04-01T09:00+09:00, or an age such as 90m, 12h or 7d; Japan's time without an offset.",
                "この時刻以降に判定した心電図のみ(例: 2026-04-01、2026-04-01T09:00+09:00、90m、12h、7d)。オフセットがなければ日本時間。"),
        };
        var limit = LimitOption.Create(
            say, Default, Most, say($"Disagreements shown, at most {Most}; the counts are of all.", $"表示する相違の件数(最大 {Most})。集計は全件です。"));
        var model = new Option<string?>("--model")
        {
            HelpName = "SHA",
            Description = say(
                "SHA-256 of a model that was in the shadow earlier; by default the one that is.", "以前シャドーだったモデルのSHA-256(既定は現在のシャドー)。"),
        };
        model.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } sha256 && !Sha256().IsMatch(sha256))
            {
                result.AddError(say(
                    "--model must be a whole SHA-256, as ecg models history --json shows it",
                    "--model は ecg models history --json が表示するSHA-256の全桁で指定してください"));
            }
        });
        var command = new Command("compare", say(
            "Compare the model in the shadow with what was decided: counts, then the ECGs it decides otherwise, urgent ones first.",
            "シャドーのモデルの判定を実際の判定と比較します。集計に続き、判定の異なる心電図を緊急度に影響するものから表示します。"))
        {
            since, limit, model,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            Terminal.Of(parsed), parsed.GetValue(model), parsed.GetValue(since), parsed.GetValue(limit), cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(Terminal terminal, string? sha256, DateTimeOffset? since, int limit, CancellationToken cancellationToken) =>
        LedgerAccess.UseAsync(async services =>
        {
            var shadow = (await services.GetRequiredService<IModelRoles>().CurrentAsync(cancellationToken)).Shadow;
            var model = sha256 ?? shadow.Sha256 ?? throw new CommandException(terminal.Say(
                "No model is in the shadow: name an earlier one with --model (ecg models history lists them), or put one there with ecg models shadow.",
                "シャドーのモデルがありません。以前のモデルを --model で指定するか(ecg models history に一覧)、ecg models shadow で設定してください。"));
            var results = services.GetRequiredService<IShadowResults>();
            var summary = await results.SummariseAsync(model, since, cancellationToken);
            long? unread = model == shadow.Sha256 ? await results.CountUnreadAsync(model, shadow.Since, cancellationToken) : null;
            var rows = await results.DisagreementsAsync(model, since, limit, cancellationToken);
            if (terminal.Json)
            {
                terminal.Output.WriteLine(JsonSerializer.Serialize(new { Kind = "summary", ShadowSha256 = model, Unread = unread, Counts = summary }, ContractJson.Compact));
                foreach (var row in rows)
                {
                    terminal.Output.WriteLine(JsonSerializer.Serialize(row, ContractJson.Compact));
                }
            }
            else
            {
                Write(terminal, model, summary, unread, rows);
            }

            return 0;
        });

    private static void Write(
        Terminal terminal, string model, ShadowSummary summary, long? unread, IReadOnlyList<ShadowDisagreement> rows)
    {
        var counts = new TextTable(terminal.Say($"Shadow {ModelUnavailableException.Short(model)}", $"シャドー {ModelUnavailableException.Short(model)}"), terminal.Say("ECGs", "件数"));
        (string Name, long? Count)[] lines =
        [
            (terminal.Say("would stop being urgent", "緊急でなくなる"), summary.WouldStopBeingUrgent),
            (terminal.Say("would become urgent", "新たに緊急となる"), summary.WouldBecomeUrgent),
            (terminal.Say("other status", "判定状態が異なる"), summary.OtherStatus),
            (terminal.Say("other urgency", "緊急度が異なる"), summary.OtherUrgency),
            (terminal.Say("other suggestions", "所見候補が異なる"), summary.OtherSuggestions),
            (terminal.Say("the shadow failed", "シャドーの解析失敗"), summary.Failed),
            (terminal.Say("the same", "一致"), summary.Same),
            (terminal.Say("compared", "比較済み"), summary.Compared),
            (terminal.Say("not read yet", "未解析"), unread),
        ];
        foreach (var (name, count) in lines)
        {
            counts.Add(name, count?.ToString(CultureInfo.InvariantCulture) ?? "-");
        }

        counts.Write(terminal);
        if (rows.Count == 0)
        {
            return;
        }

        var table = new TextTable(
            terminal.Say("Effect", "影響"), terminal.Say("Decided", "判定日時"), terminal.Say("Study", "検査"), terminal.Say("ECG", "心電図"),
            terminal.Say("Active", "稼働"), terminal.Say("Shadow", "シャドー"));
        foreach (var row in rows)
        {
            table.Add(
                EffectOf(terminal, row.Effect),
                JapanTime.Of(row.FinishedAt),
                row.StudyId.ToString(),
                row.Observation,
                ResultOf(terminal, row.Active),
                ResultOf(terminal, row.Shadow));
        }

        table.Write(terminal);
    }

    private static string EffectOf(Terminal terminal, UrgencyEffect effect) => effect switch
    {
        UrgencyEffect.StopsBeingUrgent => terminal.Say("stops being urgent", "緊急でなくなる"),
        UrgencyEffect.BecomesUrgent => terminal.Say("becomes urgent", "新たに緊急"),
        _ => "",
    };

    private static string ResultOf(Terminal terminal, ComparedResult result) => string.Join(
        ' ',
        [
            WireName.Of(result.Status),
            .. result.Urgency is { } urgency ? [UrgencyWords.Of(urgency, terminal.Japanese)] : Array.Empty<string>(),
            .. result.Suggestions,
        ]);

    private static DateTimeOffset? Refuse(System.CommandLine.Parsing.ArgumentResult result, string sentence)
    {
        result.AddError(sentence);
        return null;
    }

    private static DateTimeOffset? Moment(string text) =>
        JapanTime.TryRead(text, TimeProvider.System.GetUtcNow(), out var moment) ? moment : null;

    [GeneratedRegex(@"^[0-9a-f]{64}\z")]
    private static partial Regex Sha256();
}
