using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Replay;

namespace EcgIntegration.Worker.Replay;

/// <summary>Why an ECG cannot be replayed, or a replay not begun.</summary>
internal static class ReplayReasons
{
    public static readonly ReasonDefinition InputNotKept = new(
        "input-not-kept",
        "What came in was not kept, so that there is nothing to read again: send the ECG anew.",
        "受信した内容が保存されていないため再処理できません。心電図を送信し直してください。");

    public static readonly ReasonDefinition ParameterInvalid = new(
        "replay-parameter-invalid",
        "The replay's parameter {0} must be {1}.",
        "再処理のパラメータ{0}には{1}を指定してください。");

    public static readonly ReasonDefinition ParameterRepeated = new(
        "replay-parameter-repeated",
        "The replay's parameter {0} is given more than once: give it once.",
        "再処理のパラメータ{0}が重複しています。1回だけ指定してください。");

    public static readonly ReasonDefinition ParameterUnknown = new(
        "replay-parameter-unknown",
        "The replay's parameter {0} is not known here, and a condition that is not understood would select too much: known are {1}.",
        "再処理のパラメータ{0}は使用できません。解釈できない条件では対象が広がるため受け付けません。使用できるのは{1}です。");

    public static readonly ReasonDefinition SelectionMissing = new(
        "replay-selection-missing",
        "The replay selects nothing: give a condition, or {0} for every ECG.",
        "再処理の対象が指定されていません。条件を指定するか、全件の場合は{0}を指定してください。");

    public static readonly ReasonDefinition SelectionOfAllAndSome = new(
        "replay-selection-all-and-some",
        "The replay asks for every ECG ({0}) and for certain ones ({1}): leave one of the two out.",
        "全件({0})と条件({1})が同時に指定されています。どちらか一方にしてください。");

    public static readonly ReasonDefinition SelectionContradictory = new(
        "replay-selection-contradictory",
        "No ECG can meet both {0} and {1} as they are given: change one of them or leave it out.",
        "指定された{0}と{1}を同時に満たす心電図はありません。どちらかを変更するか、外してください。");

    public static readonly ReasonDefinition LabelUnknown = new(
        "replay-label-unknown",
        "No model bundle here has the label that {0} names, and no result suggests it: labels.json of a bundle lists the codes, such as AFIB.",
        "{0}の所見コードは、ここにあるモデルバンドルにも保存済みの結果にもありません。コード(例: AFIB)はバンドルのlabels.jsonで確認してください。");

    public static readonly ReasonDefinition WhyMissing = new(
        "replay-why-missing",
        "The replay does not say why: give {0}, up to 500 characters and without a patient's name.",
        "再処理の理由がありません。{0}を500文字以内で、患者名を含めずに指定してください。");

    public static readonly ReasonDefinition ModelUnknown = new(
        "replay-model-unknown",
        "No usable model bundle here has this name or SHA-256, or more than one has: see ecg models.",
        "この名前またはSHA-256に一致する利用可能なモデルがないか、複数あります。ecg modelsで確認してください。");

    public static readonly ReasonDefinition KeyReused = new(
        "replay-key-reused",
        "The key belongs to replay {0}, which asks for something else ({1}): choose another key.",
        "このキーは内容の異なる再処理{0}ですでに使用されています(相違: {1})。別のキーを指定してください。");

    public static readonly ReasonDefinition SelectionSlow = new(
        "replay-selection-slow",
        "To gather the ECGs of this selection takes longer than 10 minutes: narrow it, for instance by from and before, and submit it again.",
        "対象の心電図の抽出に10分以上かかるため中止しました。fromとbeforeなどで範囲を絞って再度登録してください。");

    public static readonly ReasonDefinition BodyInvalid = new(
        "replay-body-invalid",
        "The body is not a FHIR Parameters resource or a JSON object of replay parameters: see docs/replay.md.",
        "本文がFHIRのParametersリソースでも、再処理パラメータのJSONオブジェクトでもありません。docs/replay.mdを参照してください。");

    public static readonly ReasonDefinition BodyTypeUnsupported = new(
        "replay-body-type-unsupported",
        "The body's Content-Type is not JSON: send application/fhir+json with a Parameters resource, or application/json with an object.",
        "本文のContent-TypeがJSONではありません。Parametersリソースはapplication/fhir+json、オブジェクトはapplication/jsonで送信してください。");

    public static readonly ReasonDefinition BodyTooLarge = new(
        "replay-body-too-large",
        "The body has more than {0} KiB: the parameters of a replay need less, so send these alone.",
        "本文が{0} KiBを超えています。再処理のパラメータだけを送信してください。");

    public static readonly ReasonDefinition MethodUnsupported = new(
        "replay-method-unsupported",
        "This operation takes {0} and no other method: see docs/http.md.",
        "この操作で使用できるメソッドは{0}だけです。docs/http.mdを参照してください。");

    public static readonly ReasonDefinition Finished = new(
        "replay-finished",
        "The replay is finished and stays as it is: submit another one.",
        "この再処理は終了しているため変更できません。新しい再処理を登録してください。");

    public static readonly ReasonDefinition PageInvalid = new(
        "replay-page-invalid",
        "The page of a result takes all = true or false, _count from 1 to {0}, and _after as the link to the next page has it.",
        "結果のページに指定できるのは、all(trueまたはfalse)、_count(1から{0})、次ページのリンクにある_afterだけです。");

    /// <summary>Says which replay has the key, and what differs.</summary>
    public static Reason Reused(ReplayKeyReusedException fault) => KeyReused.At("key", fault.JobId, string.Join(", ", fault.Differences));

    /// <summary>Every definition here.</summary>
    public static IReadOnlyList<ReasonDefinition> All { get; } =
    [
        InputNotKept, ParameterInvalid, ParameterRepeated, ParameterUnknown, SelectionMissing, SelectionOfAllAndSome, SelectionContradictory,
        LabelUnknown, WhyMissing, ModelUnknown, KeyReused, SelectionSlow, BodyInvalid, BodyTypeUnsupported, BodyTooLarge, MethodUnsupported,
        Finished, PageInvalid,
    ];
}
