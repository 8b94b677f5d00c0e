using System.Globalization;
using EcgIntegration.Training.Learning;
using Spectre.Console;

namespace EcgIntegration.Training.Commands;

/// <summary>Shows how far a training run is: a moving bar on a terminal, and nothing elsewhere.</summary>
internal static class TrainingProgress
{
    /// <summary>Runs an action that reports each epoch.</summary>
    public static T Show<T>(Terminal terminal, int epochs, Func<Action<EpochReport>, T> action)
    {
        if (!Terminal.IsLively)
        {
            return action(_ => { });
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn())
            .Start(context =>
            {
                var task = context.AddTask(Markup.Escape(terminal.Say("first epoch", "最初のエポック")), maxValue: epochs);
                return action(report =>
                {
                    task.Description = Markup.Escape(Line(terminal, report));
                    task.Value = report.Epoch;
                });
            });
    }

    private static string Line(Terminal terminal, EpochReport report) => string.Format(
        CultureInfo.InvariantCulture,
        terminal.Say(
            "epoch {0}/{1}: loss {2:F3}, validation macro-AUROC superclass {3:F3} label {4:F3}{5}, {6:hh\\:mm\\:ss} left",
            "エポック {0}/{1}: 損失 {2:F3}、検証macro-AUROC 大分類 {3:F3} 所見 {4:F3}{5}、残り {6:hh\\:mm\\:ss}"),
        report.Epoch,
        report.Epochs,
        report.Loss,
        report.SuperclassMacro,
        report.LabelMacro,
        report.IsBest ? " *" : string.Empty,
        report.Remaining);
}
