using System.CommandLine;

namespace EcgIntegration.Worker.Commands.Operations.Replay;

/// <summary><c>ecg replay</c>: reads stored ECGs again, after an outage or with another model, without touching history.</summary>
internal static class ReplayCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create(Say say)
    {
        var command = new Command("replay", say(
            "Read stored ECGs again, after an outage or with another model. Earlier results stay as versions; a signed report is only accompanied.",
            "保存済みの心電図を、障害の復旧後や別のモデルで再処理します。以前の結果は版として残り、確定報告書は置き換えません。"))
        {
            PreviewCommand.Create(say),
            SubmitCommand.CreateDryRun(say),
            SubmitCommand.CreateRun(say),
        };
        foreach (var verb in ControlCommands.Create(say))
        {
            command.Add(verb);
        }

        return command;
    }
}
