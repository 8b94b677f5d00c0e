using System.CommandLine;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Worker.Replay;

namespace EcgIntegration.Worker.Commands.Operations.Replay;

/// <summary><c>ecg replay dry-run</c> and <c>ecg replay run</c>.</summary>
internal static class SubmitCommand
{
    /// <summary>Creates <c>dry-run</c>.</summary>
    public static Command CreateDryRun(Say say) => Create(say, dryRun: true, "dry-run", say(
        "Read the selected ECGs again and show what would change, those that would become urgent first; writes no result.",
        "対象を解析し直し、何が変わるか(新たに至急となるものが先頭)を表示します。結果は書き込みません。"));

    /// <summary>Creates <c>run</c>.</summary>
    public static Command CreateRun(Say say) => Create(say, dryRun: false, "run", say(
        "Read the selected ECGs again and write the results as new versions. It survives restarts; Ctrl-C leaves it running.",
        "対象を解析し直し、結果を新しい版として書き込みます。再起動しても継続し、Ctrl-C で表示だけを終了します。"));

    private static Command Create(Say say, bool dryRun, string name, string description)
    {
        var selection = new SelectionOptions(say);
        var why = new Option<string>("--why")
        {
            HelpName = "TEXT",
            Required = true,
            Description = say("Why; kept and audited. Without a patient's name.", "理由(保存・監査されます。患者名は含めないでください)。"),
        };
        var model = new Option<string>("--model")
        {
            HelpName = "SHA|NAME",
            Description = say("The model that is to read; the active one by default.", "使用するモデル(既定は稼働中のモデル)。"),
        };
        var perMinute = new Option<string>("--per-minute") { HelpName = "N", Description = say("Most ECGs a minute.", "1分あたりの上限件数。") };
        var key = new Option<string>("--key")
        {
            HelpName = "KEY",
            Description = say("Submitted twice under one key it is one replay.", "同じキーで2回実行しても1つの再処理になります。"),
        };
        var noWait = new Option<bool>("--no-wait") { Description = say("Do not wait for its end.", "完了を待ちません。") };
        var limit = LimitOption.Create(say, 50, 10_000, say("Most rows of the table at the end.", "最後に表示する表の最大行数。"));
        var command = new Command(name, description) { why, model, perMinute, key, noWait, limit };
        selection.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            List<KeyValuePair<string, string>> values = [.. selection.Read(parsed), new("why", parsed.GetRequiredValue(why)), new("dryRun", dryRun ? "true" : "false")];
            Add("model", parsed.GetValue(model));
            Add("key", parsed.GetValue(key));
            Add("perMinute", parsed.GetValue(perMinute));
            return RunAsync(Terminal.Of(parsed), values, selection.Typed(parsed), parsed.GetValue(noWait), parsed.GetValue(limit), cancellationToken);

            void Add(string parameter, string? value)
            {
                if (value is not null)
                {
                    values.Add(new(parameter, value));
                }
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(
        Terminal terminal,
        IReadOnlyList<KeyValuePair<string, string>> values,
        Dictionary<string, string> typed,
        bool noWait,
        int limit,
        CancellationToken cancellationToken)
    {
        if (ReplayParameters.TryRead(values, ReplayWords.Options, LedgerAccess.Operator, Guid.NewGuid().ToString(), out var request) is { Count: > 0 } reasons)
        {
            return ReplayAccess.Refuse(terminal, reasons);
        }

        if (request.Model is { } name)
        {
            if (ReplayAccess.Models().Resolve(name) is not { } sha256)
            {
                return ReplayAccess.Refuse(terminal, [ReplayReasons.ModelUnknown.At("model")]);
            }

            request = request with { Model = sha256 };
            typed.Add("model", name);
        }

        request = request with { Typed = typed };

        return await ReplayAccess.SelectAsync(terminal, async jobs =>
        {
            var (asked, unknown) = await ReplayAccess.Models().ResolveLabelAsync(request.Selection, jobs, ReplayWords.Options, cancellationToken);
            if (unknown is not null)
            {
                return ReplayAccess.Refuse(terminal, [unknown]);
            }

            var submission = await SubmitAsync(jobs, request with { Selection = asked }, terminal, cancellationToken);
            if (!submission.IsNew)
            {
                terminal.Warn(
                    $"This key was submitted before: it is replay {submission.Job.Id}.", $"このキーは登録済みです: 再処理 {submission.Job.Id}。");
            }

            if (submission.Job.Counts.Total == 0)
            {
                terminal.Warn(
                    "No ECG meets these conditions, so there is nothing to do: ecg replay preview counts by condition.",
                    "条件に合う心電図がないため、処理するものはありません。ecg replay preview で条件ごとに確認できます。");
            }

            var job = noWait ? submission.Job : await ReplayWatch.UntilFinishedAsync(terminal, jobs, submission.Job, cancellationToken);
            await WriteAsync(terminal, jobs, job, noWait ? 0 : limit, cancellationToken);
            return noWait || job is { State: ReplayState.Completed, Counts.Failed: 0 } ? 0 : 1;
        });
    }

    private static async Task<ReplaySubmission> SubmitAsync(IReplayJobs jobs, ReplayRequest request, Terminal terminal, CancellationToken cancellationToken)
    {
        try
        {
            return await jobs.SubmitAsync(request, cancellationToken);
        }
        catch (ReplayKeyReusedException e)
        {
            var reason = ReplayReasons.Reused(e);
            throw new CommandException(terminal.Say(reason.En, reason.Ja), e);
        }
    }

    private static async Task WriteAsync(Terminal terminal, IReplayJobs jobs, ReplayJob job, int limit, CancellationToken cancellationToken)
    {
        var lines = limit > 0 ? await jobs.LinesAsync(job.Id, notableOnly: true, limit, after: null, cancellationToken) : [];
        if (terminal.Json)
        {
            foreach (var line in lines)
            {
                terminal.Output.WriteLine(JsonSerializer.Serialize(line, ContractJson.Compact));
            }

            terminal.Output.WriteLine(JsonSerializer.Serialize(job, ContractJson.Compact));
            return;
        }

        if (lines.Count > 0)
        {
            ReplayTexts.Table(terminal, lines).Write(terminal);
        }

        terminal.Output.WriteLine(ReplayTexts.Line(terminal, job));
        var notable = job.Counts.Changed + job.Counts.Failed + job.Counts.NotReplayable;
        if (limit > 0 && notable > lines.Count)
        {
            terminal.Warn(
                $"{notable - lines.Count} more: ecg replay result {job.Id} --limit N.", $"ほか{notable - lines.Count}件: ecg replay result {job.Id} --limit N");
        }
    }
}
