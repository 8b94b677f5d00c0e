using System.Globalization;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Suggestions;
using EcgIntegration.Worker.Suggestions.Resources;
using Spectre.Console;

namespace EcgIntegration.Worker.Commands;

/// <summary>The table of <c>ecg classify</c> for people.</summary>
internal sealed class ClassifyTable
{
    // Into a pipe nothing tells the width, and a sentence folded every few words helps nobody.
    private const int PipeWidth = 160;

    private readonly Terminal _terminal;
    private readonly Table _table;

    public ClassifyTable(Terminal terminal)
    {
        _terminal = terminal;
        _table = new Table { Border = Terminal.IsLively ? TableBorder.Rounded : TableBorder.Ascii };
        _table.AddColumns(
            terminal.Say("ECG", "心電図"),
            terminal.Say("Status", "判定"),
            terminal.Say("Urgency", "緊急度"),
            terminal.Say("Suggestions or reasons", "所見候補または理由"));
    }

    public void Add(ClassifiedEcg ecg) => _table.AddRow(
        new Text(ecg.Source),
        new Text(Status(ecg.Status)),
        new Text(Urgency(ecg.Urgency), Style(ecg.Urgency)),
        new Text(string.Join('\n', Lines(ecg))));

    public void Write()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = Terminal.IsLively ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = Terminal.IsLively ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(_terminal.Output),
        });
        if (!Terminal.IsLively)
        {
            console.Profile.Width = PipeWidth;
        }

        console.Write(_table);
    }

    private IEnumerable<string> Lines(ClassifiedEcg ecg) => ecg.Suggestions.Count > 0
        ? ecg.Suggestions.Select(s => string.Create(
            CultureInfo.InvariantCulture,
            $"{_terminal.Say(s.En, s.Ja)} {FhirTexts.Percent(s.Probability)} ({_terminal.Say("threshold", "閾値")} {FhirTexts.Percent(s.Threshold)})"))
        : ecg.Reasons.Select(reason => _terminal.Say(reason.En, reason.Ja));

    private string Status(StudyStatus status) => status switch
    {
        StudyStatus.Classified => _terminal.Say("classified", "判定あり"),
        StudyStatus.Uncertain => _terminal.Say("uncertain", "判定保留"),
        StudyStatus.Unanalysable => _terminal.Say("cannot be analysed", "判定保留（解析不能）"),
        StudyStatus.Rejected => _terminal.Say("rejected", "受付不可"),
        _ => _terminal.Say("failed", "失敗"),
    };

    private string Urgency(Urgency? urgency) => urgency is { } known ? UrgencyWords.Of(known, _terminal.Japanese) : "-";

    private static Style Style(Urgency? urgency) => urgency switch
    {
        Contracts.Events.Urgency.Critical => new(Color.Red, decoration: Decoration.Bold),
        Contracts.Events.Urgency.Urgent => new(Color.Red),
        Contracts.Events.Urgency.Review => new(Color.Yellow),
        _ => Spectre.Console.Style.Plain,
    };
}
