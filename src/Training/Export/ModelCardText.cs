using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using EcgIntegration.Contracts.Bundles;

namespace EcgIntegration.Training.Export;

/// <summary>The model card for people, after Mitchell et al. (FAT* 2019), from what the bundle's own card has.</summary>
internal static class ModelCardText
{
    /// <summary>Writes it.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="parity">How far the exported encoders are from the trained one.</param>
    /// <param name="japanese">In Japanese, else in English.</param>
    public static string Of(ModelBundle bundle, ParityTable parity, bool japanese)
    {
        string Say(string en, string ja) => japanese ? ja : en;
        var card = bundle.Card;
        var test = card.Metrics["test"];
        var probabilities = card.Metrics["probabilities"]?["test"];
        var text = new StringBuilder()
            .AppendLine($"# {card.Name} {card.Version}").AppendLine()
            .AppendLine(Say("Not approved for clinical use; for research. Decision support only: a physician reads every ECG.", "未承認・研究用。診断の補助であり、すべての心電図を医師が確認してください。")).AppendLine()
            .AppendLine($"- {Say("Model", "モデル")}: {bundle.ModelSha256}")
            .AppendLine($"- {Say("Architecture", "構造")}: {Say("ResNet1d-18, 12 leads x 10 s at 100 Hz to 128 dimensions, against Japanese label texts", "ResNet1d-18（12誘導×10秒、100 Hz → 128次元）と日本語所見テキストの対照学習")} (arXiv 2504.09302)")
            .AppendLine($"- {Say("Text encoder", "テキストエンコーダー")}: {(string?)card.Training["textEncoder"]}")
            .AppendLine($"- {Say("Preprocessing", "前処理")}: {card.Preprocessing}")
            .AppendLine($"- {Say("Data", "データ")}: {(string?)card.Data["name"]} ({(string?)card.Data["licence"]}); {Say("ECGs to learn from / choose on / report on", "学習／検証／評価の件数")}: {(int?)card.Data["trainingEcgs"]} / {(int?)card.Data["validationEcgs"]} / {(int?)card.Data["testEcgs"]}")
            .AppendLine($"- {Say("Citation", "引用")}: {(string?)card.Data["citation"]}").AppendLine()
            .AppendLine($"## {Say("What it may suggest", "提示できる所見")}").AppendLine()
            .AppendLine(Say(
                $"{bundle.Labels.Count} labels are scored, {bundle.Calibration.Labels.Count} have a threshold: those that the validation fold supports. All others are never suggested, whatever their score.",
                $"{bundle.Labels.Count} 所見を採点し、検証データで裏付けのある {bundle.Calibration.Labels.Count} 所見に閾値があります。それ以外は得点にかかわらず提示しません。")).AppendLine()
            .AppendLine($"| {Say("label", "コード")} | {Say("Japanese", "所見")} | {Say("validation positives", "検証の陽性数")} | {Say("threshold", "閾値")} | {Say("AUROC on the test fold (positives)", "評価AUROC（陽性数）")} |")
            .AppendLine("|---|---|---|---|---|");
        foreach (var entry in bundle.Calibration.Labels)
        {
            var label = bundle.Labels.First(candidate => candidate.Code == entry.Code);
            text.AppendLine(CultureInfo.InvariantCulture, $"| {entry.Code} | {label.Ja} | {entry.ValidationPositives} | {entry.Threshold:0.00} | {Figure(test?["labelAuroc"]?[entry.Code])} |");
        }

        text.AppendLine().AppendLine($"## {Say("Figures on the test fold", "評価データでの成績")}").AppendLine()
            .AppendLine($"- {Say("macro-AUROC over labels", "所見macro-AUROC")}: {Number(test?["labelMacroAuroc"])} ({Say("labels", "所見数")} {(int?)test?["labelsMeasured"]})")
            .AppendLine($"- {Say("macro-AUROC over superclasses", "大分類macro-AUROC")}: {Number(test?["superclassMacroAuroc"])}")
            .AppendLine($"- top-1 / top-5: {Number(test?["topOne"])} / {Number(test?["topFive"])}")
            .AppendLine($"- {Say("Brier score / expected calibration error of the probabilities", "確率のBrierスコア／期待較正誤差")}: {Number(probabilities?["brier"])} / {Number(probabilities?["expectedCalibrationError"])} ({Say("probabilities", "確率の数")} {(int?)probabilities?["count"]})").AppendLine()
            .AppendLine($"## {Say("Limits", "限界")}").AppendLine()
            .AppendLine(Say(
                "- Each lead is z-scored: absolute voltage is not seen, and labels defined by it (LVOLT, HVOLT, VCLVH) are not suggested by the worker, threshold or not.\n- Few positives stand behind each threshold; rare findings are not covered.\n- One public source from one country: measure it on your own ECGs (ecg evaluate --other) before you rely on it.\n- Children, paced hearts and unusual lead placements were hardly seen.",
                "- 各誘導を標準化するため絶対電位は見えず、電位で定義される所見（LVOLT、HVOLT、VCLVH）は閾値があってもワーカーは提示しません。\n- 各閾値の根拠となる陽性例は少数で、まれな所見は対象外です。\n- 学習データは一国の公開データのみです。利用前に自施設の心電図で評価してください（ecg evaluate --other）。\n- 小児、ペースメーカー調律、特殊な誘導配置の例はほとんど学習していません。")).AppendLine()
            .AppendLine($"## {Say("Exported encoders against the trained one", "出力モデルと学習済みモデルの一致")}").AppendLine()
            .AppendLine(Say($"Over {parity.Ecgs} ECGs of the validation fold.", $"検証データ {parity.Ecgs} 件での比較。")).AppendLine()
            .AppendLine($"| {Say("file", "ファイル")} | {Say("largest difference of an embedding value", "埋め込みの最大差")} | {Say("of a logit", "ロジットの最大差")} | {Say("changed decisions", "変わった判定数")} |")
            .AppendLine("|---|---|---|---|");
        foreach (var row in parity.Rows)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {row.Name} | {row.Embedding:0.0e+0} | {row.Logit:0.0e+0} | {row.Changed} |");
        }

        return text.ToString();
    }

    private static string Figure(JsonNode? figure) =>
        figure is null ? "–" : string.Create(CultureInfo.InvariantCulture, $"{(double)figure["auroc"]!:0.000} ({(int)figure["positives"]!})");

    private static string Number(JsonNode? figure) => figure is null ? "–" : ((double)figure).ToString("0.000", CultureInfo.InvariantCulture);
}
