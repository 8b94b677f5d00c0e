using System.CommandLine;

namespace EcgIntegration.Training.Commands;

/// <summary>Where a verb writes, and in which language: results on standard output, progress and failures on standard error.</summary>
internal sealed class Terminal(bool japanese, bool json)
{
    private static readonly string[] LocaleVariables = ["LC_ALL", "LC_MESSAGES", "LANG"];

    /// <summary><c>--json</c>, known to every verb.</summary>
    public static Option<bool> JsonOption { get; } = new("--json") { Recursive = true, Description = "Print one JSON object a line and nothing else." };

    /// <summary><c>--lang ja|en</c>, known to every verb.</summary>
    public static Option<string> LanguageOption { get; } = NewLanguageOption();

    /// <summary>Whether results are JSON.</summary>
    public bool Json => json;

    /// <summary>Whether standard error tells what is going on, with colours and redrawn.</summary>
    public static bool IsLively => !Console.IsErrorRedirected && !NoColor;

    private static bool NoColor => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>The terminal as a verb's options want it.</summary>
    public static Terminal Of(ParseResult parsed) => new(
        (parsed.GetValue(LanguageOption) ?? DefaultLanguage()) == "ja",
        parsed.GetValue(JsonOption));

    /// <summary>The language of help, which is wanted before anything is parsed.</summary>
    public static bool IsJapanese(IReadOnlyList<string> arguments)
    {
        var at = arguments.ToList().IndexOf("--lang");
        return (at >= 0 && at + 1 < arguments.Count ? arguments[at + 1] : DefaultLanguage()) == "ja";
    }

    /// <summary>The sentence in the language wanted.</summary>
    public string Say(string en, string ja) => japanese ? ja : en;

    /// <summary>Writes a sentence about what is going on; nothing where no one watches.</summary>
    public void Progress(string en, string ja)
    {
        if (IsLively)
        {
            Console.Error.WriteLine(Say(en, ja));
        }
    }

    /// <summary>
    /// Without colours .NET still sends a terminal two escape sequences with the first text that is written: those of the
    /// terminal's type. A terminal without abilities has none. Before the console is used.
    /// </summary>
    public static void ObeyNoColor()
    {
        if (NoColor)
        {
            Environment.SetEnvironmentVariable("TERM", "dumb");
        }
    }

    private static string DefaultLanguage()
    {
        var locale = LocaleVariables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => !string.IsNullOrEmpty(value));
        return locale?.StartsWith("ja", StringComparison.OrdinalIgnoreCase) == true ? "ja" : "en";
    }

    private static Option<string> NewLanguageOption()
    {
        var option = new Option<string>("--lang") { Recursive = true, HelpName = "ja|en", Description = "Language of sentences; by default that of the environment." };
        option.AcceptOnlyFromAmong("ja", "en");
        return option;
    }
}
