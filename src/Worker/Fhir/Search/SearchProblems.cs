using EcgIntegration.Contracts;

namespace EcgIntegration.Worker.Fhir.Search;

/// <summary>What can be wrong with a search, or with how much of a resource is to be shown. Parameters are named, values never.</summary>
internal static class SearchProblems
{
    public static ProblemDefinition ParameterUnsupported { get; } = Problem("not-supported", new(
        "fhir-parameter-unsupported",
        "The parameter {0} is not supported here, with this modifier or order: /fhir/metadata lists what is.",
        "パラメータ {0} は、この修飾子または並び順では対応していません。/fhir/metadata に一覧があります。"));

    public static ProblemDefinition ParameterIgnored { get; } = new(StatusCodes.Status200OK, "not-supported", new(
        "fhir-parameter-ignored",
        "The parameter {0} is not supported here, with this modifier or order, and was left out; the self link shows what was searched.",
        "パラメータ {0} は、この修飾子または並び順では対応していないため無視しました。実際の検索条件はselfリンクに示します。"));

    public static ProblemDefinition NothingNarrows { get; } = new(StatusCodes.Status200OK, "incomplete", new(
        "fhir-search-withheld",
        "No criterion of the search is supported, so that it would have shown every patient's data: no match is shown. Correct it, or search without parameters.",
        "対応している検索条件が1つもなく、全患者のデータが対象になるため、結果は表示しません。条件を修正するか、パラメータなしで検索してください。"));

    public static ProblemDefinition IncludesCut { get; } = new(StatusCodes.Status200OK, "incomplete", new(
        "fhir-includes-cut",
        "More than {0} resources would have been included; the others were left out. Ask for a smaller page with _count.",
        "追加で返すリソースが{0}件を超えたため、残りは省きました。_count を小さくしてください。"));

    public static ProblemDefinition TokenInvalid { get; } = Problem("value", new(
        "fhir-token-invalid",
        "The value of {0} must be CODE, SYSTEM|CODE, |CODE or SYSTEM|, with commas, bars and backslashes within escaped by a backslash.",
        "{0} の値は CODE、SYSTEM|CODE、|CODE または SYSTEM| の形で指定してください。値の中の「,」「|」「\\」は「\\」でエスケープします。"));

    public static ProblemDefinition ReferenceInvalid { get; } = Problem("value", new(
        "fhir-reference-invalid",
        "The value of {0} must be a reference: TYPE/ID, ID or an absolute URL; for an identifier use {0}:identifier=SYSTEM|VALUE.",
        "{0} の値は参照（TYPE/ID、ID または絶対URL）で指定してください。識別子で検索する場合は {0}:identifier=SYSTEM|VALUE を使用します。"));

    public static ProblemDefinition DateInvalid { get; } = Problem("value", new(
        "fhir-date-invalid",
        "The value of {0} must be a date such as 2026, 2026-04, 2026-04-01 or 2026-04-01T09:30:00+09:00, after eq, ne, gt, lt, ge, le, sa, eb, ap or nothing.",
        "{0} の値は 2026、2026-04、2026-04-01、2026-04-01T09:30:00+09:00 のような日時で指定してください。前に eq、ne、gt、lt、ge、le、sa、eb、ap を付けられます。"));

    public static ProblemDefinition TextInvalid { get; } = Problem("value", new(
        "fhir-text-invalid",
        "The value of {0} must be a text that is not empty, with commas, bars and backslashes within escaped by a backslash.",
        "{0} の値は空でない文字列で指定してください。値の中の「,」「|」「\\」は「\\」でエスケープします。"));

    public static ProblemDefinition FlagInvalid { get; } = Problem("value", new(
        "fhir-flag-invalid", "The value of {0} must be true or false.", "{0} の値は true または false で指定してください。"));

    public static ProblemDefinition CountInvalid { get; } = Problem("value", new(
        "fhir-count-invalid", "_count must be a whole number, 0 or more, and named once.", "_count は0以上の整数で、1回だけ指定してください。"));

    public static ProblemDefinition ChoiceInvalid { get; } = Problem("value", new(
        "fhir-choice-invalid", "{0} must be one of: {1}, and named once.", "{0} は次のいずれかを1回だけ指定してください（{1}）。"));

    public static ProblemDefinition ListInvalid { get; } = Problem("value", new(
        "fhir-list-invalid", "{0} must be a list of names, separated by commas.", "{0} はコンマで区切った名前の一覧で指定してください。"));

    public static ProblemDefinition CursorInvalid { get; } = Problem("value", new(
        "fhir-cursor-invalid", "The page link is not one that this server gave for this search: start it again.", "ページのリンクがこの検索のものではありません。検索を最初からやり直してください。"));

    public static ProblemDefinition TooMany { get; } = Problem("too-costly", new(
        "fhir-search-too-large",
        "A search takes at most {0} parameters and {1} values: ask for less at a time.",
        "検索のパラメータは{0}個、値は{1}個までです。分割して検索してください。"));

    public static ProblemDefinition FormExpected { get; } = new(StatusCodes.Status415UnsupportedMediaType, "not-supported", new(
        "fhir-form-expected",
        "_search takes a body of the type application/x-www-form-urlencoded.",
        "_search の本文は application/x-www-form-urlencoded で送信してください。"));

    /// <summary>Every definition here.</summary>
    public static IReadOnlyList<ReasonDefinition> All { get; } =
    [
        .. new[]
        {
            ParameterUnsupported, ParameterIgnored, NothingNarrows, IncludesCut, TokenInvalid, ReferenceInvalid, DateInvalid, TextInvalid,
            FlagInvalid, CountInvalid, ChoiceInvalid, ListInvalid, CursorInvalid, TooMany, FormExpected,
        }.Select(problem => problem.Definition),
    ];

    private static ProblemDefinition Problem(string issueType, ReasonDefinition definition) => new(StatusCodes.Status400BadRequest, issueType, definition);
}
