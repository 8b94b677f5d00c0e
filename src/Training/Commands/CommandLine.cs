using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using EcgIntegration.Contracts.Bundles;

namespace EcgIntegration.Training.Commands;

/// <summary>The verbs that make and measure model bundles. Exit code 0 done, 1 failed, 2 wrong usage.</summary>
internal static class CommandLine
{
    private const int Failed = 1;
    private const int WrongUsage = 2;

    /// <summary>Runs the verb that the arguments name.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        using var interruption = new CancellationTokenSource();
        using var interrupt = CancelOn(PosixSignal.SIGINT, interruption);
        using var terminate = CancelOn(PosixSignal.SIGTERM, interruption);
        // For the library's own words: headings of help, and what is wrong with arguments.
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(Terminal.IsJapanese(arguments) ? "ja" : "en");
        var root = new RootCommand("Trains and measures the ECG encoder.")
        {
            HelpName = "ecg",
            Options = { Terminal.JsonOption, Terminal.LanguageOption },
            Subcommands = { TrainCommand.Create(), EvaluateCommand.Create(), EmbedCommand.Create(), CalibrateCommand.Create(), ExportCommand.Create(), RelaxNativeLibraryCommand.Create() },
        };
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            var problem = string.Join(' ', parsed.Errors[0].Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
            await Console.Error.WriteLineAsync($"{problem}: see ecg {parsed.CommandResult.Command.Name} --help.");
            return WrongUsage;
        }

        try
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parsed.InvokeAsync(configuration, interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.IsCancellationRequested)
        {
            return Failed;
        }
        catch (Exception e) when (e is TrainingException or ModelBundleException or InvalidDataException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"A file cannot be read or written: {e.Message}");
            return Failed;
        }
    }

    // The first signal asks; a second one finds nobody listening and ends the process as usual.
    private static PosixSignalRegistration CancelOn(PosixSignal signal, CancellationTokenSource interruption) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = !interruption.IsCancellationRequested;
            interruption.Cancel();
        });
}
