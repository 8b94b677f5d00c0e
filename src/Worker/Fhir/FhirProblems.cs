using EcgIntegration.Contracts;

namespace EcgIntegration.Worker.Fhir;

/// <summary>What can be wrong with a request, as OperationOutcome and, for <c>/events</c>, as a reason.</summary>
internal static class FhirProblems
{
    public static ProblemDefinition UnknownType { get; } = new(StatusCodes.Status404NotFound, "not-supported", new(
        "fhir-type-unknown", "There is no such resource type here; /fhir/metadata lists those there are.", "このリソース型はありません。/fhir/metadata に一覧があります。"));

    public static ProblemDefinition ModeUnsupported { get; } = new(StatusCodes.Status400BadRequest, "not-supported", new(
        "fhir-mode-unsupported",
        "mode can be full or normative: there is no TerminologyCapabilities here.",
        "mode に指定できるのは full または normative です。TerminologyCapabilities は提供していません。"));

    public static ProblemDefinition NotFound { get; } = new(StatusCodes.Status404NotFound, "not-found", new(
        "fhir-resource-unknown", "There is no such resource, or no such version of it.", "このリソース、またはこの版は存在しません。"));

    public static ProblemDefinition NotAcceptable { get; } = new(StatusCodes.Status406NotAcceptable, "not-supported", new(
        "fhir-format-unsupported", "Only JSON is offered: accept application/fhir+json.", "JSONのみ提供しています。application/fhir+json を受け入れてください。"));

    public static ProblemDefinition EncodingUnsupported { get; } = new(StatusCodes.Status415UnsupportedMediaType, "not-supported", new(
        "fhir-content-encoding-unsupported",
        "The body is compressed or encoded otherwise: send it as it is, without Content-Encoding.",
        "圧縮などでエンコードされた本文には対応していません。Content-Encodingを付けず、そのまま送信してください。"));

    public static ProblemDefinition UnknownRoute { get; } = new(StatusCodes.Status404NotFound, "not-supported", new(
        "fhir-route-unknown", "There is nothing at this address; /fhir/metadata lists what there is.", "このアドレスには何もありません。/fhir/metadata に一覧があります。"));

    public static ProblemDefinition MethodNotAllowed { get; } = new(StatusCodes.Status405MethodNotAllowed, "not-supported", new(
        "fhir-method-not-allowed",
        "This address does not take this method; the Allow header names those that it takes.",
        "このアドレスはこのメソッドに対応していません。対応するメソッドはAllowヘッダーに示します。"));

    public static ProblemDefinition Gone { get; } = new(StatusCodes.Status410Gone, "deleted", new(
        "fhir-resource-deleted", "This resource was deleted; its earlier versions can still be read.", "このリソースは削除されました。以前の版は読み出せます。"));

    public static ProblemDefinition Unauthorized { get; } = new(StatusCodes.Status401Unauthorized, "login", new(
        "fhir-token-required",
        "Send the header Authorization: Bearer <token>. In a browser enter any user name, and the token as the password.",
        "認証が必要です。Authorization: Bearer <token> ヘッダーを送信してください。ブラウザでは任意のユーザー名と、パスワードとしてトークンを入力してください。"));

    public static ProblemDefinition SiteForeign { get; } = new(StatusCodes.Status403Forbidden, "forbidden", new(
        "fhir-site-foreign",
        "A page of another site may change nothing here: send the request from a program, or from a page of this address.",
        "別のサイトのページからは変更できません。プログラム、またはこのアドレスのページから送信してください。"));

    public static ProblemDefinition HostUnknown { get; } = new(StatusCodes.Status400BadRequest, "security", new(
        "fhir-host-unknown",
        "The Host header is not localhost or a loopback address, and no other is taken while no token is configured: use one of these, or configure a token.",
        "Hostヘッダーがlocalhostまたはループバックアドレスではありません。トークンが未設定の間は他のホスト名を使用できません。これらを使用するか、トークンを設定してください。"));

    public static ProblemDefinition RequestMalformed { get; } = new(StatusCodes.Status400BadRequest, "structure", new(
        "fhir-request-malformed", "The request cannot be read: send it again as HTTP and FHIR prescribe.", "要求を読み取れません。HTTPとFHIRの規定どおりに送信してください。"));

    public static ProblemDefinition BodyTooLarge { get; } = new(StatusCodes.Status413PayloadTooLarge, "too-long", new(
        "fhir-body-too-large", "The body is larger than this address takes: send less at a time.", "本文が大きすぎます。分割して送信してください。"));

    public static ProblemDefinition Unavailable { get; } = new(StatusCodes.Status503ServiceUnavailable, "transient", new(
        "database-unavailable", "The database does not answer: try again shortly.", "データベースが応答しません。しばらくしてから再試行してください。"));

    public static ProblemDefinition Internal { get; } = new(StatusCodes.Status500InternalServerError, "exception", new(
        "internal-error", "The request could not be answered; the operators' log says more.", "要求を処理できませんでした。詳細は運用ログを確認してください。"));

    public static ProblemDefinition EventIdInvalid { get; } = new(StatusCodes.Status400BadRequest, "value", new(
        "event-id-invalid", "An event id is a UUID, for example 7b0c6b1e-0f5e-4a55-9c0b-3b8d6f1f2a10.", "イベントIDはUUIDで指定してください（例：7b0c6b1e-0f5e-4a55-9c0b-3b8d6f1f2a10）。"));

    public static ProblemDefinition EventUnknown { get; } = new(StatusCodes.Status404NotFound, "not-found", new(
        "event-unknown", "No event with this id has arrived.", "このIDのイベントは届いていません。"));

    /// <summary>Every definition here.</summary>
    public static IReadOnlyList<ReasonDefinition> All { get; } =
    [
        .. new[]
        {
            UnknownType, UnknownRoute, ModeUnsupported, MethodNotAllowed, NotFound, Gone, NotAcceptable, Unauthorized, SiteForeign, HostUnknown, EncodingUnsupported, RequestMalformed, BodyTooLarge,
            Unavailable, Internal, EventIdInvalid, EventUnknown,
        }.Select(problem => problem.Definition),
    ];
}
