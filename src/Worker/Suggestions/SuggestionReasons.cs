using EcgIntegration.Contracts;

namespace EcgIntegration.Worker.Suggestions;

/// <summary>Why an analysed ECG is left undecided (判定保留).</summary>
internal static class SuggestionReasons
{
    /// <summary>No label reaches its threshold.</summary>
    public static readonly ReasonDefinition NothingSuggested = new(
        "nothing-suggested",
        "No finding reaches its threshold, and a normal ECG is not established either: a physician must read it.",
        "判定閾値に達した所見がなく、正常とも判定できません。医師が判読してください。");

    /// <summary>Only a routine rhythm passes.</summary>
    public static readonly ReasonDefinition RhythmOnly = new(
        "rhythm-only",
        "Only an unremarkable rhythm was recognised; neither a normal ECG nor an abnormality is established: a physician must read it.",
        "問題のない調律のみが認識され、正常とも異常とも判定できません。医師が判読してください。");

    /// <summary>The best suggestion is too near its threshold.</summary>
    public static readonly ReasonDefinition MarginTooSmall = new(
        "margin-too-small",
        "The best suggestion lies only {0} percentage points above its threshold, less than the {1} required: a physician must read it.",
        "最も確からしい所見でも判定閾値との差が{0}ポイントしかなく、必要な{1}ポイントに足りません。医師が判読してください。");

    /// <summary>The ECG is unlike everything the model knows.</summary>
    public static readonly ReasonDefinition UnlikeKnown = new(
        "unlike-known",
        "{0} of {1} windows are unlike every finding the model knows: a physician must read it.",
        "{1}区間中{0}区間が、モデルの知るどの所見とも似ていません。医師が判読してください。");

    /// <summary>Normal and abnormal at once.</summary>
    public static readonly ReasonDefinition Contradiction = new(
        "contradiction",
        "The model suggests a normal ECG and an abnormality at the same time: a physician must read it.",
        "正常心電図と異常所見が同時に示唆され、矛盾しています。医師が判読してください。");

    /// <summary>An urgent finding lies near its threshold.</summary>
    public static readonly ReasonDefinition UrgentNotExcluded = new(
        "urgent-not-excluded",
        "{0} lies near its threshold and cannot be excluded: a physician must read it soon.",
        "{0}は判定閾値に近く、否定できません。医師が早めに判読してください。");

    /// <summary>Every reason of this stage.</summary>
    public static IReadOnlyList<ReasonDefinition> All { get; } =
        [NothingSuggested, RhythmOnly, MarginTooSmall, UnlikeKnown, Contradiction, UrgentNotExcluded];
}
