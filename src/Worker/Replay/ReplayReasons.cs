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
        "The replay's parameter {0} has no usable value: see docs/replay.md.",
        "再処理のパラメータ{0}の値が正しくありません。docs/replay.mdを参照してください。");

    public static readonly ReasonDefinition ParameterRepeated = new(
        "replay-parameter-repeated",
        "The replay's parameter {0} is given more than once: give it once.",
        "再処理のパラメータ{0}が重複しています。1回だけ指定してください。");

    public static readonly ReasonDefinition ParameterUnknown = new(
        "replay-parameter-unknown",
        "The replay has a parameter that is not known here; a condition that is not understood would select too much: see docs/replay.md.",
        "再処理に不明なパラメータがあります。解釈できない条件では対象が広がるため受け付けません。docs/replay.mdを参照してください。");

    public static readonly ReasonDefinition SelectionMissing = new(
        "replay-selection-missing",
        "The replay selects nothing: give a condition, or all = true for every ECG.",
        "再処理の対象が指定されていません。条件を指定するか、全件の場合はall = trueを指定してください。");

    public static readonly ReasonDefinition WhyMissing = new(
        "replay-why-missing",
        "The replay does not say why: give why, up to 500 characters and without a patient's name.",
        "再処理の理由がありません。whyを500文字以内で、患者名を含めずに指定してください。");

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

    /// <summary>Says which replay has the key, and what differs.</summary>
    public static Reason Reused(ReplayKeyReusedException fault) => KeyReused.At("key", fault.JobId, string.Join(", ", fault.Differences));

    /// <summary>Every definition here.</summary>
    public static IReadOnlyList<ReasonDefinition> All { get; } =
    [
        InputNotKept, ParameterInvalid, ParameterRepeated, ParameterUnknown, SelectionMissing, WhyMissing, ModelUnknown, KeyReused, SelectionSlow, BodyInvalid,
    ];
}
