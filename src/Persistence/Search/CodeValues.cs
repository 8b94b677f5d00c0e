namespace EcgIntegration.Persistence.Search;

/// <summary>The codes that a criterion on a column of its own asks for.</summary>
internal static class CodeValues
{
    /// <summary>The codes; none where only systems are named that the element is not of; <see langword="null"/> for every code.</summary>
    public static IReadOnlyList<string>? Of(SearchCriterion criterion)
    {
        var values = criterion.AnyOf.OfType<TokenValue>()
            .Where(value => string.IsNullOrEmpty(value.System) || value.System == criterion.Parameter.CodeSystem)
            .ToList();
        return values.Exists(value => value.Code is null) ? null : [.. values.Select(value => value.Code!).Distinct()];
    }
}
