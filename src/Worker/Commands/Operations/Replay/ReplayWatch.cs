using System.Globalization;
using EcgIntegration.Persistence.Replay;
using Spectre.Console;

namespace EcgIntegration.Worker.Commands.Operations.Replay;

/// <summary>Waits for the end of a replay: a moving bar on a terminal, now and then a line elsewhere.</summary>
internal static class ReplayWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static bool IsLively => Terminal.IsLively && !Console.IsErrorRedirected;

    /// <summary>Returns the replay once it is completed or cancelled. An interruption leaves it running.</summary>
    public static async Task<ReplayJob> UntilFinishedAsync(Terminal terminal, IReplayJobs jobs, ReplayJob job, CancellationToken cancellationToken)
    {
        try
        {
            if (!IsLively || terminal.Json)
            {
                return await WatchAsync(terminal, jobs, job, Lines(terminal), cancellationToken);
            }

            var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Error) });
            return await console.Progress()
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .StartAsync(async context =>
                {
                    var bar = context.AddTask(Markup.Escape(Short(terminal, job)), maxValue: Math.Max(1, job.Counts.Total));
                    return await WatchAsync(
                        terminal,
                        jobs,
                        job,
                        now =>
                        {
                            bar.Description = Markup.Escape(Short(terminal, now));
                            bar.Value = now.Counts.Done;
                        },
                        cancellationToken);
                });
        }
        catch (OperationCanceledException)
        {
            terminal.Warn(
                $"The replay goes on: ecg replay status {job.Id}; ecg replay cancel {job.Id} ends it.",
                $"再処理は継続しています: ecg replay status {job.Id}(中止は ecg replay cancel {job.Id})。");
            throw;
        }
    }

    private static async Task<ReplayJob> WatchAsync(
        Terminal terminal, IReplayJobs jobs, ReplayJob job, Action<ReplayJob> show, CancellationToken cancellationToken)
    {
        var begun = TimeProvider.System.GetTimestamp();
        var warned = false;
        while (true)
        {
            show(job);
            if (job.IsFinished)
            {
                return job;
            }

            if (!warned && job is { State: ReplayState.Running, StartedAt: null } && TimeProvider.System.GetElapsedTime(begun) > Patience)
            {
                warned = true;
                terminal.Warn(
                    "No worker takes it up: see ecg status. It begins by itself once one runs.",
                    "ワーカーが再処理を開始していません。ecg status を確認してください。ワーカーが動けば自動的に始まります。");
            }

            await Task.Delay(Interval, cancellationToken);
            job = await jobs.FindAsync(job.Id, cancellationToken) ?? job;
        }
    }

    private static Action<ReplayJob> Lines(Terminal terminal)
    {
        long? last = null;
        return job =>
        {
            if (Terminal.ShowsProgress && (last is null || TimeProvider.System.GetElapsedTime(last.Value) > LineInterval))
            {
                last = TimeProvider.System.GetTimestamp();
                terminal.Error.WriteLine(ReplayTexts.Line(terminal, job));
            }
        };
    }

    private static string Short(Terminal terminal, ReplayJob job) => string.Create(
        CultureInfo.InvariantCulture,
        $"{ReplayTexts.State(terminal, job)} {job.Counts.Done}/{job.Counts.Total}, {terminal.Say("changed", "変更")} {job.Counts.Changed}");
}
