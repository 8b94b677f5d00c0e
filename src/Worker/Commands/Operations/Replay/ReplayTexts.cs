using System.Globalization;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Worker.Classification;

namespace EcgIntegration.Worker.Commands.Operations.Replay;

/// <summary>Words for replays.</summary>
internal static class ReplayTexts
{
    /// <summary>Where a replay stands, in one line.</summary>
    public static string Line(Terminal terminal, ReplayJob job)
    {
        var counts = job.Counts;
        return string.Create(CultureInfo.InvariantCulture, $"{job.Id}  {State(terminal, job)}  {counts.Done}/{counts.Total}  ")
            + string.Create(CultureInfo.InvariantCulture, $"{terminal.Say("changed", "変更")} {counts.Changed}  {terminal.Say("unchanged", "変更なし")} {counts.Unchanged}  ")
            + string.Create(CultureInfo.InvariantCulture, $"{terminal.Say("failed", "失敗")} {counts.Failed}  {terminal.Say("not replayable", "再処理不可")} {counts.NotReplayable}  ")
            + string.Create(CultureInfo.InvariantCulture, $"{terminal.Say("became urgent", "新たに至急")} {counts.BecameUrgent}  {terminal.Say("no longer urgent", "至急でなくなった")} {counts.CeasedUrgent}");
    }

    /// <summary>How it was asked for: key, model, rate, and when.</summary>
    public static string Request(Terminal terminal, ReplayJob job)
    {
        var model = job.ModelSha256 is { } sha256 ? ModelUnavailableException.Short(sha256) : terminal.Say("the active one", "稼働モデル");
        var rate = job.PerMinute is { } perMinute ? terminal.Say($"  at most {perMinute} a minute", $"  毎分{perMinute}件まで") : "";
        return $"{terminal.Say("key", "キー")} {job.Key}  {terminal.Say("model", "モデル")} {model}{rate}  {JapanTime.Of(job.SubmittedAt)}";
    }

    /// <summary>Its state, and whether it writes.</summary>
    public static string State(Terminal terminal, ReplayJob job)
    {
        var state = job.State switch
        {
            ReplayState.Running => terminal.Say("running", "実行中"),
            ReplayState.Paused => terminal.Say("paused", "一時停止"),
            ReplayState.Cancelled => terminal.Say("cancelled", "中止"),
            _ => terminal.Say("completed", "完了"),
        };
        return job.DryRun ? $"{state} ({terminal.Say("dry run", "試行")})" : state;
    }

    /// <summary>What came of an ECG.</summary>
    public static string Result(Terminal terminal, ReplayLine line) => line.Finding?.Result switch
    {
        ReplayResult.Changed => terminal.Say("changed", "変更"),
        ReplayResult.Unchanged => terminal.Say("unchanged", "変更なし"),
        ReplayResult.Failed => terminal.Say("failed", "失敗"),
        ReplayResult.NotReplayable => terminal.Say("not replayable", "再処理不可"),
        _ => terminal.Say("waiting", "待ち"),
    };

    /// <summary>Status, urgency and codes.</summary>
    public static string Side(ReplaySide? side) => side is null
        ? "-"
        : $"{WireName.Of(side.Status)}{(side.Urgency is { } urgency ? " " + WireName.Of(urgency) : "")}{(side.Codes.Count > 0 ? ": " + string.Join(' ', side.Codes) : "")}";

    /// <summary>The table of ECGs.</summary>
    public static TextTable Table(Terminal terminal, IEnumerable<ReplayLine> lines)
    {
        var table = new TextTable(
            "#", terminal.Say("Result", "結果"), terminal.Say("ECG", "心電図"), terminal.Say("Before", "前"), terminal.Say("After", "後"), terminal.Say("Reason", "理由"));
        foreach (var line in lines)
        {
            table.Add(
                line.Ordinal.ToString(CultureInfo.InvariantCulture),
                Result(terminal, line),
                line.Observation ?? $"Event/{line.SourceEventId}",
                Side(line.Finding?.Before),
                Side(line.Finding?.After),
                line.Finding?.Reason?.Code ?? "");
        }

        return table;
    }

    /// <summary>A duration for people.</summary>
    public static string Duration(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min")
        : time.TotalMinutes >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, time.Seconds)} s");
}
