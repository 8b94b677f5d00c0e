using System.Globalization;
using EcgIntegration.Persistence.Search;

namespace EcgIntegration.Persistence.Audit;

/// <summary>
/// Writes the criteria of a search of <c>AuditEvent</c> as conditions on a row of <c>audit</c>; values are never part of the text.
/// </summary>
/// <param name="parameters">Takes the values.</param>
/// <param name="now">The present moment.</param>
internal sealed class AuditSql(SqlParameters parameters, DateTimeOffset now)
{
    private const string At = "a.at";
    private const string Patient = "a.patient";
    private const string OtherPatients = "a.other_patients";
    private const string Actor = "a.actor";
    private const string Always = "true";

    /// <summary>Condition of a search, all of it.</summary>
    public string Of(IEnumerable<SearchCriterion> criteria) => string.Join(" AND ", criteria.Select(Of).DefaultIfEmpty(Always));

    private string Of(SearchCriterion criterion)
    {
        if (criterion.Chained is not null)
        {
            throw new ArgumentException("Audit records are not searched through a reference.", nameof(criterion));
        }

        return criterion.Modifier switch
        {
            SearchModifier.Missing => Missing(criterion.Parameter, isMissing: criterion.AnyOf is [FlagValue { Flag: true }]),
            SearchModifier.Not => $"({OfValues(criterion)}) IS NOT TRUE",
            _ => OfValues(criterion),
        };
    }

    /// <summary>A record has an actor, a moment, a number and perhaps a patient; of the rest it has nothing.</summary>
    private static string Missing(SearchParameter parameter, bool isMissing) => parameter.Name switch
    {
        "patient" => isMissing ? $"{Patient} IS NULL" : $"{Patient} IS NOT NULL",
        "_tag" or "_security" or "_profile" => isMissing ? Always : CriterionSql.Never,
        _ => isMissing ? CriterionSql.Never : Always,
    };

    private string OfValues(SearchCriterion criterion) => CriterionSql.AnyOf(criterion.AnyOf.Select(value => Of(criterion, value)));

    private string Of(SearchCriterion criterion, SearchValue value) => (criterion.Parameter.Name, value) switch
    {
        ("_id", TokenValue { Code: { } code }) => long.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? $"a.sequence = {parameters.LongNumber(number)}"
            : CriterionSql.Never,
        ("_lastUpdated" or "date", DateValue date) => new DateSql(At, At, parameters, now).Of(date),
        ("patient", ReferenceValue reference) => IsOf(reference.Reference),
        ("patient", TokenValue token) => OfIdentifier(token),
        ("agent" or "altid", TokenValue { System: null or "", Code: { } code }) => $"{Actor} = {parameters.Text(code)}",
        ("agent-name", TextValue text) => OfText(criterion.Modifier, text.Text),
        _ => CriterionSql.Never,
    };

    /// <summary>Each side has an index of its own.</summary>
    private string IsOf(string patient)
    {
        var place = parameters.Text(patient);
        return $"({Patient} = {place} OR {OtherPatients} @> ARRAY[{place}])";
    }

    /// <summary>Identifiers stand in a record as <c>system|value</c>.</summary>
    private string OfIdentifier(TokenValue token) => token switch
    {
        { System: { } system, Code: { } code } => IsOf($"{system}|{code}"),
        { System: { } system } => AnyPatient($"starts_with(p, {parameters.Text(system + "|")})"),
        _ => AnyPatient($"strpos(p, '|') > 0 AND substr(p, strpos(p, '|') + 1) = {parameters.Text(token.Code ?? "")}"),
    };

    private static string AnyPatient(string condition) =>
        $"EXISTS (SELECT 1 FROM unnest(array_prepend({Patient}, {OtherPatients})) AS p WHERE {condition})";

    private string OfText(SearchModifier modifier, string text) => modifier switch
    {
        SearchModifier.Exact => $"{Actor} = {parameters.Text(text)}",
        SearchModifier.Contains => $"strpos(lower({Actor}), lower({parameters.Text(text)})) > 0",
        _ => $"starts_with(lower({Actor}), lower({parameters.Text(text)}))",
    };
}
