using EcgIntegration.Persistence.Search;

namespace EcgIntegration.Worker.Fhir.Search;

/// <summary>Which patients a search names, for the audit.</summary>
internal static class SearchedPatients
{
    private static readonly string[] References = ["patient", "subject"];

    /// <summary>References and identifiers, each once.</summary>
    public static IReadOnlyList<string> Of(string type, IEnumerable<SearchCriterion> criteria) =>
        [.. criteria.SelectMany(criterion => Named(type, criterion)).Distinct(StringComparer.Ordinal)];

    private static IEnumerable<string> Named(string type, SearchCriterion criterion)
    {
        if (type != "Patient")
        {
            return !References.Contains(criterion.Parameter.Name) ? []
                : criterion.Chained is { } chained ? Named("Patient", chained)
                : Texts(criterion, "");
        }

        return criterion.Parameter.Name switch
        {
            "_id" => Texts(criterion, "Patient/"),
            "identifier" => Texts(criterion, ""),
            _ => [],
        };
    }

    private static IEnumerable<string> Texts(SearchCriterion criterion, string prefix) => criterion.Modifier == SearchModifier.Not ? [] : criterion.AnyOf
        .Select(value => value switch
        {
            ReferenceValue reference => reference.Reference,
            TokenValue { Code: { } code, System: null } when prefix.Length > 0 => prefix + code,
            TokenValue { Code: { } code } token => $"{token.System}|{code}",
            _ => null,
        })
        .OfType<string>();
}
