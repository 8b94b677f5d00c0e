using System.CommandLine;
using EcgIntegration.Contracts;

namespace EcgIntegration.Worker.Commands;

/// <summary>The option <c>--why TEXT</c> of whatever is kept with its reason.</summary>
internal static class WhyOption
{
    private const int Longest = 500;

    /// <summary>Creates it.</summary>
    public static Option<string> Create(Say say)
    {
        var why = new Option<string>("--why")
        {
            HelpName = "TEXT",
            Required = true,
            Description = say("Why; kept and audited. Without a patient's name.", "理由(保存・監査されます。患者名は含めないでください)。"),
        };
        why.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (string.IsNullOrWhiteSpace(token.Value) || token.Value.Length > Longest || !PlainText.Is(token.Value)))
            {
                result.AddError(say(
                    $"--why must say something, in up to {Longest} characters without control and format characters",
                    $"--why には理由を{Longest}文字以内で、制御文字・書式文字を含めずに指定してください"));
            }
        });
        return why;
    }
}
