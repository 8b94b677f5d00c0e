using EcgIntegration.Contracts;

namespace EcgIntegration.Worker.Fhir;

/// <summary>What can be wrong with a request, as OperationOutcome and, for <c>/events</c>, as a reason.</summary>
internal static class FhirProblems
{
    public static FhirProblem UnknownType { get; } = new(StatusCodes.Status404NotFound, "not-supported", new(
        "fhir-type-unknown", "There is no such resource type here; /fhir/metadata lists those there are.", "このリソース型はありません。/fhir/metadata に一覧があります。"));

    public static FhirProblem NotFound { get; } = new(StatusCodes.Status404NotFound, "not-found", new(
        "fhir-resource-unknown", "There is no such resource, or no such version of it.", "このリソース、またはこの版は存在しません。"));

    public static FhirProblem NotAcceptable { get; } = new(StatusCodes.Status406NotAcceptable, "not-supported", new(
        "fhir-format-unsupported", "Only JSON is offered: accept application/fhir+json.", "JSONのみ提供しています。application/fhir+json を受け入れてください。"));

    public static FhirProblem NotSearchable { get; } = new(StatusCodes.Status404NotFound, "not-supported", new(
        "fhir-search-unsupported", "This type cannot be searched; read it by its id.", "この型は検索できません。idで読み出してください。"));

    public static FhirProblem PatientRequired { get; } = new(StatusCodes.Status400BadRequest, "required", new(
        "fhir-patient-required",
        "A search names exactly one patient: patient=ID, patient=Patient/ID, an absolute reference, or - for an identifier - patient.identifier=SYSTEM|VALUE.",
        "検索には患者を1人だけ指定してください（patient=ID、patient=Patient/ID、絶対参照、識別子の場合は patient.identifier=SYSTEM|VALUE）。"));

    public static FhirProblem CountInvalid { get; } = new(StatusCodes.Status400BadRequest, "value", new(
        "fhir-count-invalid", "_count must be a whole number from 1 to {0}.", "_count は1から{0}までの整数で指定してください。"), SearchQuery.MaximumCount);

    public static FhirProblem CursorInvalid { get; } = new(StatusCodes.Status400BadRequest, "value", new(
        "fhir-cursor-invalid", "The page link is not one of this server's: start the search again.", "ページのリンクが正しくありません。検索を最初からやり直してください。"));

    public static FhirProblem ParameterUnsupported { get; } = new(StatusCodes.Status400BadRequest, "not-supported", new(
        "fhir-parameter-unsupported",
        "The search has a parameter, modifier or sort order that is not supported; /fhir/metadata lists those that are.",
        "対応していない検索パラメータ、修飾子または並び順があります。/fhir/metadata に対応するものの一覧があります。"));

    public static FhirProblem ParameterIgnored { get; } = new(StatusCodes.Status200OK, "not-supported", new(
        "fhir-parameter-ignored",
        "A parameter, modifier or sort order that is not supported was ignored; the self link shows what was searched.",
        "対応していない検索パラメータ、修飾子または並び順は無視されました。実際の検索条件はselfリンクに示します。"));

    public static FhirProblem Unavailable { get; } = new(StatusCodes.Status503ServiceUnavailable, "transient", new(
        "database-unavailable", "The database does not answer: try again shortly.", "データベースが応答しません。しばらくしてから再試行してください。"));

    public static FhirProblem Internal { get; } = new(StatusCodes.Status500InternalServerError, "exception", new(
        "internal-error", "The request could not be answered; the operators' log says more.", "要求を処理できませんでした。詳細は運用ログを確認してください。"));

    public static FhirProblem EventIdInvalid { get; } = new(StatusCodes.Status400BadRequest, "value", new(
        "event-id-invalid", "An event id is a UUID, for example 7b0c6b1e-0f5e-4a55-9c0b-3b8d6f1f2a10.", "イベントIDはUUIDで指定してください（例：7b0c6b1e-0f5e-4a55-9c0b-3b8d6f1f2a10）。"));

    public static FhirProblem EventUnknown { get; } = new(StatusCodes.Status404NotFound, "not-found", new(
        "event-unknown", "No event with this id has arrived.", "このIDのイベントは届いていません。"));

    /// <summary>Every definition here.</summary>
    public static IReadOnlyList<ReasonDefinition> All { get; } =
    [
        .. new[]
        {
            UnknownType, NotFound, NotAcceptable, NotSearchable, PatientRequired, CountInvalid, CursorInvalid, ParameterUnsupported,
            ParameterIgnored, Unavailable, Internal, EventIdInvalid, EventUnknown,
        }.Select(problem => problem.Definition),
    ];
}

/// <summary>One problem.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="IssueType">FHIR issue type.</param>
/// <param name="Definition">Code and sentences.</param>
/// <param name="Values">Numbers in the sentences.</param>
internal sealed record FhirProblem(int Status, string IssueType, ReasonDefinition Definition, params object[] Values)
{
    public Reason Reason => Definition.At(null, Values);
}
