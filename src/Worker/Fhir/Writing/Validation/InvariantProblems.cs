using EcgIntegration.Contracts;

namespace EcgIntegration.Worker.Fhir.Writing.Validation;

/// <summary>What is said of a resource that breaks one of R4's rules between elements; the code names the rule.</summary>
internal static class InvariantProblems
{
    public static ProblemDefinition PeriodReversed { get; } = Broken(
        "per-1", "The period ends before it starts: correct start or end.", "期間の終了が開始より前です。startまたはendを修正してください。");

    public static ProblemDefinition QuantityCode { get; } = Broken(
        "qty-3", "The quantity has a code for its unit but no system: add the system.", "単位のコードにsystemがありません。systemを指定してください。");

    public static ProblemDefinition RangeReversed { get; } = Broken(
        "rng-2", "The low value of the range is above its high value: correct them.", "範囲のlowがhighより大きくなっています。修正してください。");

    public static ProblemDefinition ExtensionContent { get; } = Broken(
        "ext-1", "An extension has either a value or extensions, and one of them: correct it.", "拡張には、値または拡張のどちらか一方が必要です。修正してください。");

    public static ProblemDefinition ContainedNested { get; } = Broken(
        "dom-2", "A contained resource contains another: contain both in the outer one.", "含まれるリソースが別のリソースを含んでいます。両方を外側のリソースに含めてください。");

    public static ProblemDefinition ContainedVersioned { get; } = Broken(
        "dom-4", "A contained resource has no version, time of change or security label of its own: remove them from its meta.", "含まれるリソースは独自のバージョン、更新日時、セキュリティラベルを持てません。metaから削除してください。");

    public static ProblemDefinition ReferenceRangeEmpty { get; } = Broken(
        "obs-3", "A reference range has a low, a high or a text: give one of them.", "基準範囲にはlow、high、textのいずれかが必要です。");

    public static ProblemDefinition ValueAndAbsence { get; } = Broken(
        "obs-6", "There is a value and a reason why there is none (dataAbsentReason): send one of them.", "値と、値がない理由（dataAbsentReason）の両方があります。どちらか一方にしてください。");

    public static ProblemDefinition ValueTwice { get; } = Broken(
        "obs-7", "A component has the code of the whole Observation, which then has no value of its own: leave one of the values out.", "componentのコードがObservation全体のコードと同じ場合、Observation自体は値を持てません。どちらかの値を省略してください。");

    public static ProblemDefinition ContactEmpty { get; } = Broken(
        "pat-1", "A contact of a patient has a name, a telecom, an address or an organization: give one of them.", "患者の連絡先には、名前、電話等、住所、組織のいずれかが必要です。");

    public static ProblemDefinition TelecomSystem { get; } = Broken(
        "cpt-2", "A contact point with a value says by its system what it is: add the system.", "連絡先の値にはsystem（種類）が必要です。");

    public static ProblemDefinition AttachmentType { get; } = Broken(
        "att-1", "An attachment with data says by its contentType what they are: add the contentType.", "データを持つ添付にはcontentTypeが必要です。");

    public static ProblemDefinition TaskReversed { get; } = Broken(
        "tsk-inv-1", "The Task was last modified before it was authored: correct lastModified or authoredOn.", "最終更新が作成より前です。lastModifiedまたはauthoredOnを修正してください。");

    /// <summary>Every definition here.</summary>
    public static IReadOnlyList<ReasonDefinition> All { get; } =
    [
        .. new[]
        {
            PeriodReversed, QuantityCode, RangeReversed, ExtensionContent, ContainedNested, ContainedVersioned, ReferenceRangeEmpty, ValueAndAbsence,
            ValueTwice, ContactEmpty, TelecomSystem, AttachmentType, TaskReversed,
        }.Select(problem => problem.Definition),
    ];

    private static ProblemDefinition Broken(string rule, string en, string ja) =>
        new(StatusCodes.Status422UnprocessableEntity, "invariant", new($"fhir-{rule}", en, ja));
}
