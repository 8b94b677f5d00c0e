using System.CommandLine;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Worker.Replay;

namespace EcgIntegration.Worker.Commands.Operations.Replay;

/// <summary><c>ecg replay status | pause | resume | cancel | list | result</c>.</summary>
internal static class ControlCommands
{
    private const int MostJobs = 1000;
    private const int MostLines = 1_000_000;

    /// <summary>Creates them.</summary>
    public static IEnumerable<Command> Create(Say say)
    {
        yield return OfJob("status", say, say("Show how far a replay is.", "再処理の進み具合を表示します。"), null);
        yield return OfJob("pause", say, say("Begin no more ECGs of it; what is in work is finished.", "新たな処理を止めます(処理中のものは完了します)。"), ReplayState.Paused);
        yield return OfJob("resume", say, say("Go on with a paused one.", "一時停止した再処理を再開します。"), ReplayState.Running);
        yield return OfJob("cancel", say, say("End it before its end; what was done stays.", "途中で中止します(処理済みの結果は残ります)。"), ReplayState.Cancelled);
        yield return List(say);
        yield return Result(say);
    }

    private static Command OfJob(string name, Say say, string description, ReplayState? state)
    {
        var job = Job(say);
        var command = new Command(name, description) { job };
        command.SetAction((parsed, cancellationToken) =>
        {
            var terminal = Terminal.Of(parsed);
            return ReplayAccess.UseAsync(async jobs =>
            {
                var found = await ReplayAccess.FindAsync(jobs, terminal, parsed.GetRequiredValue(job), cancellationToken);
                if (state is { } wanted)
                {
                    found = (await jobs.ChangeAsync(found.Id, wanted, LedgerAccess.Operator, cancellationToken))!;
                }

                Write(terminal, found);
                return state is null || found.State == state ? 0 : Finished(terminal);
            });
        });
        return command;
    }

    private static Command List(Say say)
    {
        var limit = LimitOption.Create(say, 20, MostJobs);
        var command = new Command("list", say("Show the last replays, newest first.", "再処理を新しい順に表示します。")) { limit };
        command.SetAction((parsed, cancellationToken) => ReplayAccess.UseAsync(async jobs =>
        {
            foreach (var job in await jobs.ListAsync(parsed.GetValue(limit), cancellationToken))
            {
                Write(Terminal.Of(parsed), job);
            }

            return 0;
        }));
        return command;
    }

    private static Command Result(Say say)
    {
        var job = Job(say);
        var limit = LimitOption.Create(say, 200, MostLines);
        var all = new Option<bool>("--all") { Description = say("Unchanged ECGs too.", "変更のなかったものも表示します。") };
        var command = new Command("result", say(
            "Show what came of each ECG: those that became urgent first, then other changes, failures, and what cannot be replayed.",
            "心電図ごとの結果を表示します(新たに至急となったもの、その他の変更、失敗、再処理不可の順)。"))
        {
            job, limit, all,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var terminal = Terminal.Of(parsed);
            return ReplayAccess.UseAsync(async jobs =>
            {
                var found = await ReplayAccess.FindAsync(jobs, terminal, parsed.GetRequiredValue(job), cancellationToken);
                var lines = await jobs.LinesAsync(found.Id, !parsed.GetValue(all), parsed.GetValue(limit), after: null, cancellationToken);
                if (terminal.Json)
                {
                    foreach (var line in lines)
                    {
                        terminal.Output.WriteLine(JsonSerializer.Serialize(line, ContractJson.Compact));
                    }

                    return 0;
                }

                if (lines.Count > 0)
                {
                    ReplayTexts.Table(terminal, lines).Write(terminal);
                }

                Write(terminal, found);
                return 0;
            });
        });
        return command;
    }

    private static Argument<string> Job(Say say) =>
        new("JOB") { Description = say("Id or key of the replay; ecg replay list shows them.", "再処理のIDまたはキー(ecg replay list が表示するもの)。") };

    private static void Write(Terminal terminal, ReplayJob job) => terminal.Output.WriteLine(terminal.Json
        ? JsonSerializer.Serialize(job, ContractJson.Compact)
        : $"{ReplayTexts.Line(terminal, job)}\n  {job.RequestedBy}: {job.Why} [{job.Selection}]\n  {ReplayTexts.Request(terminal, job)}");

    private static int Finished(Terminal terminal)
    {
        terminal.Warn(ReplayReasons.Finished.En, ReplayReasons.Finished.Ja);
        return 1;
    }
}
