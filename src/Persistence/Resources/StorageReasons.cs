using EcgIntegration.Contracts;

namespace EcgIntegration.Persistence.Resources;

/// <summary>Why a resource cannot be stored.</summary>
public static class StorageReasons
{
    /// <summary>Text with U+0000, which PostgreSQL has no place for.</summary>
    public static ReasonDefinition NullCharacter { get; } = new(
        "text-null-character",
        "A text contains the character U+0000, which cannot be stored: send the resource without it.",
        "保存できない文字U+0000がテキストに含まれています。この文字を除いて再送してください。");

    /// <summary>Text that is no Unicode.</summary>
    public static ReasonDefinition InvalidText { get; } = new(
        "text-not-unicode",
        "A text is not valid Unicode (an unpaired surrogate or invalid UTF-8): send the resource in valid UTF-8.",
        "テキストが正しいUnicodeではありません（不正なサロゲートまたはUTF-8）。正しいUTF-8で再送してください。");

    /// <summary>A number outside what can be kept exactly.</summary>
    public static ReasonDefinition NumberTooLarge { get; } = new(
        "number-out-of-range",
        "A number has more than {0} digits or an exponent beyond {0}: send it as an ordinary decimal.",
        "数値の桁数または指数が{0}を超えています。通常の小数で再送してください。");

    /// <summary>Not the JSON object of a resource.</summary>
    public static ReasonDefinition NotAResource { get; } = new(
        "not-a-resource",
        "The content is not the JSON object of one FHIR resource, is nested deeper than {0} levels, or names an element twice: send valid FHIR JSON.",
        "内容が1件のFHIRリソースのJSONオブジェクトではないか、{0}段を超えて入れ子になっているか、同じ要素が重複しています。正しいFHIR JSONで再送してください。");

    /// <summary>An event by reference names an Observation that is not stored.</summary>
    public static ReasonDefinition ObservationUnknown { get; } = new(
        "reference-unknown",
        "The Observation the event refers to is not stored: send the Observation itself, or refer to a stored one.",
        "イベントが参照するObservationは保存されていません。Observationそのものを送るか、保存済みのものを参照してください。");

    /// <summary>An event is older than the stored version of its Observation.</summary>
    public static ReasonDefinition ObservationOutdated { get; } = new(
        "observation-outdated",
        "A newer version of this Observation is stored already: nothing was changed.",
        "このObservationにはより新しい版が保存されています。何も変更していません。");

    /// <summary>The Observation was entered in error.</summary>
    public static ReasonDefinition ObservationWithdrawn { get; } = new(
        "observation-withdrawn",
        "The Observation was entered in error: its results have been withdrawn.",
        "このObservationは誤登録として取り消されました。解析結果も取り消しました。");

    /// <summary>Every definition here.</summary>
    public static IReadOnlyList<ReasonDefinition> All { get; } =
        [NullCharacter, InvalidText, NumberTooLarge, NotAResource, ObservationUnknown, ObservationOutdated, ObservationWithdrawn];
}
