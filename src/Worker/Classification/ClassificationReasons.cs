using EcgIntegration.Contracts;

namespace EcgIntegration.Worker.Classification;

/// <summary>Why an ECG has no scores although its signal is usable.</summary>
internal static class ClassificationReasons
{
    /// <summary>The model's output cannot be a result.</summary>
    public static readonly ReasonDefinition ModelOutput = new(
        "model-output",
        "The model gave no usable result for this ECG: a physician must read it, and the model bundle needs to be checked.",
        "この心電図に対してモデルが有効な結果を出力しませんでした。医師が判読し、モデルバンドルを確認してください。");

    /// <summary>The bundle of the model that the study was received for is gone.</summary>
    public static readonly ReasonDefinition ModelUnavailable = new(
        "model-unavailable",
        "The model that this ECG was received for is not on this worker: put its bundle back into the folder Model:Bundles, or replay the ECG with another model.",
        "この心電図を受信したときのモデルがワーカーにありません。モデルバンドルをModel:Bundlesのフォルダーに戻すか、別のモデルで再処理してください。");

    /// <summary>Every reason of this stage.</summary>
    public static IReadOnlyList<ReasonDefinition> All { get; } = [ModelOutput, ModelUnavailable];
}
