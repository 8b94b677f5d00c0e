using System.CommandLine;

namespace EcgIntegration.Worker.Commands;

/// <summary>Verbs that the script <c>ecg</c> sends elsewhere, listed here so that one help shows them all.</summary>
internal static class ScriptVerbs
{
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
            ("export", say("Write a bundle's encoder in fp32 and fp16, with model cards.", "モデルをfp32とfp16で出力し、モデルカードを作成します。")),
        ];
        foreach (var (name, description) in verbs)
        {
            var command = new Command(name, description) { TreatUnmatchedTokensAsErrors = false };
            command.SetAction(new Func<ParseResult, int>(_ => throw new CommandException(
                $"This verb is started by the script: ./ecg {name}.", $"この動詞はスクリプトから実行します: ./ecg {name}")));
            yield return command;
        }
    }
}
