using System.Globalization;
using EcgIntegration.Contracts.Events;
using ModelInfo = EcgIntegration.Worker.Classification.ModelInfo;

namespace EcgIntegration.Worker.Suggestions.Resources;

/// <summary>Every Japanese text that is written to FHIR.</summary>
internal static class FhirTexts
{
    public const string Notice = "AIによる解析補助・医師未確認";
    public const string Unapproved = "未承認・研究用";
    public const string DeviceType = "心電図AI解析ソフトウェア";
    public const string DeviceNote = "未承認・研究用。診断を目的とした使用はできません。出力はすべて暫定であり、医師の確認が必要です。";
    public const string FindingTitle = "心電図AI所見（暫定）";
    public const string ReportTitle = "心電図報告書（AI解析・暫定）";
    public const string SignedReportTitle = "心電図報告書（医師確定）";
    public const string Signed = "医師が確認し、確定しました。";
    public const string AiPart = "【参考: 確定前のAI解析結果】";
    public const string AnalysedEcg = "解析対象の心電図";
    public const string Probability = "確率（較正済み）";
    public const string Threshold = "判定閾値";
    public const string ReviewCode = "医師による確認";
    public const string Physician = "医師";
    public const string RetiredFinding = "新しい解析結果により取り下げられました。";
    public const string WithdrawnEcg = "元の心電図が誤登録として取り消されたため無効です";
    public const string SignedReportOfWithdrawnEcg = "確定済み報告書の元となった心電図が誤登録として取り消されました。報告書の確認が必要です。";

    private const string ReadTheTracing = "確定診断ではありません。医師が心電図波形を確認してください。";
    private const string NormalCode = "NORM";

    /// <summary>The report's conclusion, one sentence a part.</summary>
    public static string Conclusion(Verdict verdict, IEnumerable<string> history) =>
        $"【{Notice}】{string.Concat([.. ReportLines(verdict), .. history])}";

    /// <summary>The same, one line a part.</summary>
    public static IEnumerable<string> ReportLines(Verdict verdict)
    {
        if (verdict.Status is StudyStatus.Classified)
        {
            yield return $"{Lead(verdict)}{string.Join("、", verdict.Suggestions.Select(FindingLine))}。";
            yield return $"緊急度: {Of(verdict.Urgency)}。";
            yield return ReadTheTracing;
            yield break;
        }

        yield return verdict.Status is StudyStatus.Unanalysable
            ? "判定保留（解析不能）。"
            : "判定保留（AIでは判定できません）。";
        foreach (var reason in verdict.Reasons)
        {
            yield return reason.Ja;
        }

        yield return $"緊急度: {Of(verdict.Urgency)}。";
        yield return "所見の有無についてAIは判断していません。医師が心電図波形を判読してください。";
    }

    /// <summary>How the report stands to the one before it; nothing where it is the first.</summary>
    public static IEnumerable<string> History(EarlierResult? earlier, Guid studyId)
    {
        if (earlier is { IsSigned: true })
        {
            yield return "医師が確定した報告書があります。本結果は参考であり、確定報告書を置き換えません。";
        }
        else if (earlier is not null && earlier.Current.StudyId != studyId)
        {
            yield return $"以前のAI解析結果（第{earlier.Report.Version}版）を置き換えました。";
        }
    }

    public static string FindingLine(Suggestion suggestion) => $"{suggestion.Ja}（確率{Percent(suggestion.Probability)}、閾値{Percent(suggestion.Threshold)}）";

    public static string Model(ModelInfo model) => $"解析モデル: {model.Name} {model.Version}（{Unapproved}）";

    public static string ReviewDescription(Verdict verdict) => verdict.Status switch
    {
        StudyStatus.Classified => $"AIによる心電図解析結果の医師確認（緊急度: {Of(verdict.Urgency)}）",
        StudyStatus.Unanalysable => $"AIで解析できなかった心電図の医師判読または再記録（緊急度: {Of(verdict.Urgency)}）",
        _ => $"AIが判定を保留した心電図の医師判読（緊急度: {Of(verdict.Urgency)}）",
    };

    /// <summary>A whole percent, 1 to 99: no model is certain.</summary>
    public static string Percent(double probability) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Clamp((int)Math.Round(probability * 100), 1, 99)}%");

    /// <summary>The urgency's word, and how soon where it presses.</summary>
    public static string Of(Urgency urgency) => UrgencyWords.Of(urgency).Ja + urgency switch
    {
        Urgency.Critical => "（直ちに）",
        Urgency.Urgent => "（早急に）",
        _ => "",
    };

    private static string Lead(Verdict verdict) =>
        verdict.Suggestions.Any(suggestion => suggestion.Code == NormalCode) ? "AIは正常心電図を示唆: " : "AIが示唆する所見: ";
}
