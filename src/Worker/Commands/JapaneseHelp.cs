using System.CommandLine;
using System.CommandLine.Help;

namespace EcgIntegration.Worker.Commands;

/// <summary>The few words of help that the library's Japanese resources leave in English.</summary>
internal static class JapaneseHelp
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
        await output.WriteAsync(text.ToString().Replace("Description:", "説明:", StringComparison.Ordinal));
        return code;
    }
}
