using System.CommandLine;

namespace EcgIntegration.Worker.Commands;

/// <summary>
/// Verbs that the script <c>ecg</c> sends elsewhere, listed here so that one help shows them all, and those that are
/// promised and not built yet.
/// </summary>
internal static class ScriptVerbs
{
    private static readonly string[] Planned = ["export"];

    /// <summary>Whether a verb is not built yet.</summary>
    public static bool IsPlanned(Command command) => Planned.Contains(command.Name, StringComparer.Ordinal) && command.Hidden;

    /// <summary>Says so.</summary>
    public static string ExplainPlanned(Command command, bool japanese) => japanese
        ? $"ecg {command.Name} はまだありません。ecg train がモデルバンドル全体を出力します。"
        : $"ecg {command.Name} is not built yet: ecg train writes the whole model bundle.";

    /// <summary>Creates them.</summary>
    public static IEnumerable<Command> Create(Say say)
    {
        (string Name, string Description)[] verbs =
        [
            ("test", say("Run every test, or those whose name contains FILTER.", "すべてのテスト(または名前に FILTER を含むもの)を実行します。")),
            ("train", say("Train the model and write the bundle.", "モデルを学習し、バンドルを出力します。")),
            ("evaluate", say("Measure a bundle on the test fold.", "テスト用データでバンドルを評価します。")),
            ("embed", say("Embed the label texts and write their vectors to a file.", "所見名のテキストを埋め込み、ベクトルをファイルに出力します。")),
            ("calibrate", say("Fit probabilities and thresholds on the validation fold.", "検証用データで確率と閾値を調整します。")),
        ];
        foreach (var (name, description) in verbs)
        {
            var command = new Command(name, description) { TreatUnmatchedTokensAsErrors = false };
            command.SetAction(new Func<ParseResult, int>(_ => throw new CommandException(
                $"This verb is started by the script: ./ecg {name}.", $"この動詞はスクリプトから実行します: ./ecg {name}")));
            yield return command;
        }

        foreach (var name in Planned)
        {
            yield return new Command(name) { Hidden = true, TreatUnmatchedTokensAsErrors = false };
        }
    }
}
