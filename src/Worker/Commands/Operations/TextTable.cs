using Spectre.Console;

namespace EcgIntegration.Worker.Commands.Operations;

/// <summary>A table of plain texts for people.</summary>
internal sealed class TextTable
{
    // Into a pipe nothing tells the width, and a folded hash helps nobody.
    private const int PipeWidth = 240;

    private readonly Table _table = new() { Border = Terminal.IsLively ? TableBorder.Rounded : TableBorder.Ascii };

    public TextTable(params IEnumerable<string> columns)
    {
        foreach (var column in columns)
        {
            _table.AddColumn(new TableColumn(new Text(column)).NoWrap());
        }
    }

    public void Add(params IEnumerable<string> cells) => _table.AddRow(cells.Select(cell => new Text(cell)));

    public void Write(Terminal terminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = Terminal.IsLively ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = Terminal.IsLively ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(terminal.Output),
        });
        if (!Terminal.IsLively)
        {
            console.Profile.Width = PipeWidth;
        }

        console.Write(_table);
    }
}
