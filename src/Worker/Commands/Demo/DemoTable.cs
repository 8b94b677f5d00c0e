using EcgIntegration.Worker.Commands.Publishing;
using Spectre.Console;

namespace EcgIntegration.Worker.Commands.Demo;

/// <summary>The table of a demo: redrawn with every result on a terminal, printed once at the end into a pipe.</summary>
internal sealed class DemoTable(Terminal terminal, int expected)
{
    private const int PipeWidth = 160;
    private readonly List<(PublishedEvent Event, EventAnswer Answer)> _results = [];

    /// <summary>Shows results as they come and returns them all, the most urgent first.</summary>
    public async Task<List<(PublishedEvent Event, EventAnswer Answer)>> ShowAsync(
        IAsyncEnumerable<(PublishedEvent Event, EventAnswer Answer)> outcomes, CancellationToken cancellationToken)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(terminal.Output),
            Ansi = Terminal.IsLively ? AnsiSupport.Detect : AnsiSupport.No,
        });
        if (Terminal.IsLively)
        {
            await console.Live(Draw()).StartAsync(async context =>
            {
                await foreach (var result in outcomes.WithCancellation(cancellationToken))
                {
                    Add(result);
                    context.UpdateTarget(Draw());
                }
            });
            return _results;
        }

        await foreach (var result in outcomes.WithCancellation(cancellationToken))
        {
            Add(result);
            terminal.Progress($"{_results.Count}/{expected}  {result.Event.Ecg.Name}", $"{_results.Count}/{expected}  {result.Event.Ecg.Name}");
        }

        console.Profile.Width = PipeWidth;
        console.Write(Draw());
        return _results;
    }

    private void Add((PublishedEvent Event, EventAnswer Answer) result)
    {
        _results.Add(result);
        _results.Sort((one, other) => (other.Answer.Urgency ?? 0).CompareTo(one.Answer.Urgency ?? 0) is var byUrgency && byUrgency != 0
            ? byUrgency
            : string.CompareOrdinal(one.Event.Ecg.Name, other.Event.Ecg.Name));
    }

    private Table Draw()
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns(
            terminal.Say("Study", "検査"),
            terminal.Say("Top suggestion", "第一候補"),
            terminal.Say("Confidence", "確信度"),
            terminal.Say("Urgency", "緊急度"),
            terminal.Say("Time to result", "所要時間"));
        foreach (var (sent, answer) in _results)
        {
            var colour = answer.Urgency switch
            {
                Contracts.Events.Urgency.Critical => "bold red",
                Contracts.Events.Urgency.Urgent => "red",
                Contracts.Events.Urgency.Review => "yellow",
                _ => "default",
            };
            table.AddRow(
                Cell(sent.Ecg.Name),
                Cell(OutcomeText.Finding(answer)),
                Cell(OutcomeText.Confidence(terminal, answer)),
                new Markup($"[{colour}]{Markup.Escape(OutcomeText.Urgency(terminal, answer))}[/]"),
                Cell(OutcomeText.Duration(terminal, sent, answer)));
        }

        table.Caption = new TableTitle($"{_results.Count}/{expected}  {terminal.Say("For research; not an approved medical device.", "AIによる解析補助・医師未確認・未承認・研究用")}");
        return table;
    }

    private static Markup Cell(string text) => new(Markup.Escape(text));
}
