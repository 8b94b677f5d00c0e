using System.CommandLine;
using System.CommandLine.Help;
using System.Text.RegularExpressions;

namespace EcgIntegration.Worker.Commands;

/// <summary>The few words that the library's Japanese resources leave in English.</summary>
internal static partial class JapaneseHelp
{
    /// <summary>Describes the options that the library adds.</summary>
    public static void Describe(RootCommand root, Say say)
    {
        foreach (var option in root.Options)
        {
            option.Description = option switch
            {
                HelpOption => say("Show help and usage information", "使い方を表示します。"),
                VersionOption => say("Show version information", "バージョンを表示します。"),
                _ => option.Description,
            };
        }
    }

    /// <summary>Writes the help.</summary>
    public static async Task<int> WriteAsync(ParseResult parsed, InvocationConfiguration configuration, CancellationToken cancellationToken)
    {
        var output = configuration.Output;
        await using var text = new StringWriter { NewLine = output.NewLine };
        configuration.Output = text;
        var code = await parsed.InvokeAsync(configuration, cancellationToken);
        await output.WriteAsync(text.ToString()
            .Replace("Description:", "説明:", StringComparison.Ordinal)
            .Replace("(REQUIRED)", "(必須)", StringComparison.Ordinal)
            .Replace("[default: ", "[既定値: ", StringComparison.Ordinal));
        return code;
    }

    /// <summary>What is wrong with arguments, where the library says it in English.</summary>
    public static string Translate(string problem) =>
        Required().Replace(Several().Replace(NoSuch().Replace(problem, "$1 に該当するものがありません。候補:"), "オプション $1 は1回だけ指定してください($2回指定されています)"), "オプション $1 を指定してください");

    [GeneratedRegex(@"^Option ('.*') is required\z")]
    private static partial Regex Required();

    [GeneratedRegex(@"^Option ('.*') expects a single argument but (\d+) were provided\z")]
    private static partial Regex Several();

    [GeneratedRegex(@"^('.*') was not matched\. Did you mean one of the following\?")]
    private static partial Regex NoSuch();
}
