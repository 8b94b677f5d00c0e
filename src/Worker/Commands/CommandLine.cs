using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Runtime.InteropServices;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.LocalServers;
using EcgIntegration.Worker.Commands.Demo;
using EcgIntegration.Worker.Commands.Local;
using EcgIntegration.Worker.Commands.Operations;
using EcgIntegration.Worker.Commands.Operations.Models;
using EcgIntegration.Worker.Commands.Operations.Queues;
using EcgIntegration.Worker.Commands.Operations.Replay;
using EcgIntegration.Worker.Commands.Publishing;
using EcgIntegration.Worker.Commands.Samples;
using EcgIntegration.Worker.Commands.Seeding;
using EcgIntegration.Worker.Hosting;

namespace EcgIntegration.Worker.Commands;

/// <summary>The verbs of <c>ecg</c>. Exit code 0 done, 1 failed, 2 wrong usage.</summary>
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
        var japanese = Terminal.IsJapanese(arguments);
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(japanese ? "ja" : "en");
        var parsed = CreateRoot(japanese).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        // An option for help hides that the verb before it is none.
        if (parsed.Errors.Count > 0 || (parsed.UnmatchedTokens.Count > 0 && parsed.CommandResult.Command.Subcommands.Count > 0))
        {
            await Console.Error.WriteLineAsync(Explain(parsed, japanese));
            return WrongUsage;
        }

        try
        {
            // Signals are handled above: the library would cut a graceful shutdown short.
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return parsed.Action is HelpAction && japanese
                ? await JapaneseHelp.WriteAsync(parsed, configuration, interruption.Token)
                : await parsed.InvokeAsync(configuration, interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.IsCancellationRequested)
        {
            return Failed;
        }
        catch (Exception e) when (StartFault.Explain(e) is { } sentence)
        {
            await Console.Error.WriteLineAsync(sentence);
            return Failed;
        }
        catch (CommandException e)
        {
            await Console.Error.WriteLineAsync(e.In(japanese));
            return Failed;
        }
        catch (Exception e) when (e is PrivateServerException or ModelBundleException
            or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Failed;
        }
    }

    private static RootCommand CreateRoot(bool japanese)
    {
        string Say(string en, string ja) => japanese ? ja : en;

        Terminal.JsonOption.Description = Say("Print one JSON object a line and nothing else.", "結果を1行1オブジェクトのJSONだけで出力します。");
        Terminal.LanguageOption.Description = Say("Language of sentences; by default that of the environment.", "表示言語(既定は環境変数 LANG)。");
        var root = new RootCommand(Say(
            "Japanese diagnostic suggestions for ECGs, as FHIR. For research; not an approved medical device.",
            "心電図から日本語の所見候補をFHIRとして提示します。未承認・研究用。"))
        {
            HelpName = "ecg",
            Options = { Terminal.JsonOption, Terminal.LanguageOption },
            Subcommands =
            {
                UpCommand.Create(Say),
                DownCommand.Create(Say),
                StatusCommand.Create(Say),
                DemoCommand.Create(Say),
                PublishCommand.Create(Say),
                QueuesCommand.Create(Say),
                StudiesCommand.Create(Say),
                ReplayCommand.Create(Say),
                ModelsCommand.Create(Say),
                SeedCommand.Create(Say),
                ServeCommand.Create(Say),
                ProbeCommand.Create(),
                InspectCommand.Create(Say),
                SamplesCommand.Create(Say),
                ClassifyCommand.Create(Say),
            },
        };
        JapaneseHelp.Describe(root, Say);
        foreach (var verb in ScriptVerbs.Create(Say))
        {
            root.Add(verb);
        }

        return root;
    }

    private static string Explain(ParseResult parsed, bool japanese)
    {
        var verbs = string.Join(' ', Path(parsed.CommandResult).Prepend("ecg"));
        if (parsed.CommandResult.Command.Subcommands.Count > 0 && (parsed.UnmatchedTokens.Count > 0 || parsed.CommandResult == parsed.RootCommandResult))
        {
            var word = parsed.UnmatchedTokens is [var first, ..] ? first : null;
            return japanese
                ? $"{(word is null ? "動詞を指定してください" : $"{verbs} に '{word}' という動詞はありません")}。一覧は {verbs} --help で表示します。"
                : $"{(word is null ? "Name a verb" : $"'{word}' is not a verb of {verbs}")}: {verbs} --help lists them.";
        }

        var problem = string.Join(' ', parsed.Errors[0].Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.', '。');
        return japanese ? $"{JapaneseHelp.Translate(problem)}。使い方は {verbs} --help で表示します。" : $"{problem}: see {verbs} --help.";
    }

    /// <summary>The verbs that lead to a command.</summary>
    private static IEnumerable<string> Path(CommandResult result) =>
        result.Parent is CommandResult outer ? Path(outer).Append(result.Command.Name) : [];

    // The first signal asks; a second one finds nobody listening and ends the process as usual.
    private static PosixSignalRegistration CancelOn(PosixSignal signal, CancellationTokenSource interruption) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = !interruption.IsCancellationRequested;
            interruption.Cancel();
        });
}
