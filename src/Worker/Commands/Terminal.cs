using System.CommandLine;

namespace EcgIntegration.Worker.Commands;

/// <summary>
/// Where a verb writes, and how: results go to standard output, everything else to standard error; with <c>--json</c>
/// one JSON object a line and nothing else; no colours and no moving progress into a pipe or under <c>NO_COLOR</c>.
/// </summary>
internal sealed class Terminal
{
    private static readonly string[] LocaleVariables = ["LC_ALL", "LC_MESSAGES", "LANG"];

    private Terminal(bool japanese, bool json, TextWriter output, TextWriter error)
    {
        Japanese = japanese;
        Json = json;
        Output = output;
        Error = error;
    }

    /// <summary><c>--json</c>, known to every verb.</summary>
    public static Option<bool> JsonOption { get; } = new("--json") { Recursive = true };

    /// <summary><c>--lang ja|en</c>, known to every verb.</summary>
    public static Option<string> LanguageOption { get; } = NewLanguageOption();

    /// <summary>Whether sentences are Japanese.</summary>
    public bool Japanese { get; }

    /// <summary>Whether results are JSON.</summary>
    public bool Json { get; }

    /// <summary>For results.</summary>
    public TextWriter Output { get; }

    /// <summary>For progress and failures.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether standard output shows colours and redraws.</summary>
    public static bool IsLively => !Console.IsOutputRedirected && !NoColor;

    /// <summary>Whether standard error tells what is going on.</summary>
    public static bool ShowsProgress => !Console.IsErrorRedirected && !NoColor;

    private static bool NoColor => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>The terminal as a verb's options want it.</summary>
    public static Terminal Of(ParseResult parsed) => new(
        (parsed.GetValue(LanguageOption) ?? DefaultLanguage()) == "ja",
        parsed.GetValue(JsonOption),
        parsed.InvocationConfiguration.Output,
        parsed.InvocationConfiguration.Error);

    /// <summary>The language of help, which is wanted before anything is parsed.</summary>
    public static bool IsJapanese(IReadOnlyList<string> arguments)
    {
        var at = arguments.ToList().IndexOf("--lang");
        return (at >= 0 && at + 1 < arguments.Count ? arguments[at + 1] : DefaultLanguage()) == "ja";
    }

    /// <summary>The sentence in the language wanted.</summary>
    public string Say(string en, string ja) => Japanese ? ja : en;

    /// <summary>Writes a sentence about what is going on; nothing where no one watches.</summary>
    public void Progress(string en, string ja)
    {
        if (ShowsProgress)
        {
            Error.WriteLine(Say(en, ja));
        }
    }

    /// <summary>Writes a sentence about what is amiss, whoever reads it.</summary>
    public void Warn(string en, string ja) => Error.WriteLine(Say(en, ja));

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
        var option = new Option<string>("--lang") { Recursive = true, HelpName = "ja|en" };
        option.AcceptOnlyFromAmong("ja", "en");
        return option;
    }
}
