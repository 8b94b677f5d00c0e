using EcgIntegration.Contracts;

namespace EcgIntegration.Worker.Fhir.Writing.Signing;

/// <summary>Why a report is not signed.</summary>
internal static class SignProblems
{
    public static ProblemDefinition ParametersInvalid { get; } = new(StatusCodes.Status400BadRequest, "invalid", new(
        "sign-parameters-invalid",
        "$sign takes a Parameters resource with practitioner (a reference to a Practitioner or PractitionerRole, or an identifier) and conclusion (a text), each once: {0} is not usable.",
        "$signにはParametersリソースで practitioner（PractitionerまたはPractitionerRoleへの参照、または識別子）と conclusion（文字列）を1つずつ指定してください。{0} が使用できません。"));

    public static ProblemDefinition NotOurs { get; } = new(StatusCodes.Status422UnprocessableEntity, "business-rule", new(
        "sign-not-a-result",
        "This report is not one of this system's results: settle it where it was written.",
        "この報告書は本システムの解析結果ではありません。作成元で確定してください。"));

    public static ProblemDefinition Signed { get; } = new(StatusCodes.Status409Conflict, "conflict", new(
        "sign-signed-already",
        "The report is signed already, and stands as it was signed.",
        "この報告書はすでに医師が確定しており、変更できません。"));

    public static ProblemDefinition Withdrawn { get; } = new(StatusCodes.Status409Conflict, "conflict", new(
        "sign-withdrawn",
        "The report was taken back together with its ECG: there is nothing to sign.",
        "この報告書は心電図とともに取り消されているため、確定できません。"));

    /// <summary>Every definition here.</summary>
    public static IReadOnlyList<ReasonDefinition> All { get; } =
        [ParametersInvalid.Definition, NotOurs.Definition, Signed.Definition, Withdrawn.Definition];
}
