using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Worker.Replay;

namespace EcgIntegration.Worker.Commands.Operations.Replay;

/// <summary><c>ecg replay preview</c>: what a replay would take; nothing is classified and nothing written.</summary>
internal static class PreviewCommand
{
    private const int First = 10;

    /// <summary>Creates the verb.</summary>
    public static Command Create(Say say)
    {
        var selection = new SelectionOptions(say);
        var command = new Command("preview", say(
            "Count what a selection holds, name the first ECGs, and estimate how long a replay takes.",
            "対象件数、先頭の心電図、所要時間の見積もりを表示します。"));
        selection.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(Terminal.Of(parsed), [.. selection.Read(parsed)], cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, IReadOnlyList<KeyValuePair<string, string>> values, CancellationToken cancellationToken)
    {
        if (ReplayParameters.TryReadSelection(values, ReplayWords.Options, out var selection) is { Count: > 0 } reasons)
        {
            return ReplayAccess.Refuse(terminal, reasons);
        }

        return await ReplayAccess.SelectAsync(terminal, async jobs =>
        {
            var (asked, unknown) = await ReplayAccess.Models().ResolveLabelAsync(selection, jobs, ReplayWords.Options, cancellationToken);
            if (unknown is not null)
            {
                return ReplayAccess.Refuse(terminal, [unknown]);
            }

            Write(terminal, await jobs.PreviewAsync(asked, First, cancellationToken));
            return 0;
        });
    }

    private static void Write(Terminal terminal, ReplayPreview preview)
    {
        var estimate = preview.PerMinute is { } pace ? TimeSpan.FromMinutes(preview.Count / pace) : (TimeSpan?)null;
        if (terminal.Json)
        {
            terminal.Output.WriteLine(JsonSerializer.Serialize(
                new { preview.Count, preview.ByStatus, EstimatedSeconds = estimate?.TotalSeconds, preview.PerMinute, preview.First }, ContractJson.Compact));
            return;
        }

        var byStatus = string.Join("  ", preview.ByStatus.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key} {entry.Value}")));
        terminal.Output.WriteLine(terminal.Say($"{preview.Count} ECGs  {byStatus}", $"{preview.Count} 件  {byStatus}").TrimEnd());
        terminal.Output.WriteLine(estimate is { } time
            ? terminal.Say(
                $"About {ReplayTexts.Duration(time)} at the {preview.PerMinute:0} a minute that the last replay reached.",
                $"所要時間は約 {ReplayTexts.Duration(time)}(前回の再処理の速度: 毎分{preview.PerMinute:0}件)。")
            : terminal.Say("No replay has been measured here yet: the time is not known.", "この環境での実績がまだないため、所要時間は不明です。"));
        if (preview.First.Count > 0)
        {
            Table(terminal, preview.First).Write(terminal);
        }
    }

    private static TextTable Table(Terminal terminal, IEnumerable<ReplayCandidate> candidates)
    {
        var table = new TextTable(
            terminal.Say("Received", "受信"), terminal.Say("ECG", "心電図"), terminal.Say("Status", "状態"), terminal.Say("Urgency", "緊急度"));
        foreach (var candidate in candidates)
        {
            table.Add(
                JapanTime.Of(candidate.ReceivedAt),
                candidate.Observation ?? $"Event/{candidate.EventId}",
                WireName.Of(candidate.Status),
                candidate.Urgency is { } urgency ? WireName.Of(urgency) : "-");
        }

        return table;
    }
}
