using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Persistence.Search;

/// <summary>The patients that a criterion names, in the forms in which they are stored.</summary>
internal static class PatientValues
{
    /// <summary>References; what can be no patient is left out.</summary>
    public static IReadOnlyList<string> Of(SearchCriterion criterion) =>
    [
        .. criterion.AnyOf.OfType<ReferenceValue>().Select(value => PatientReference.Normalise(value.Reference)).OfType<string>().Distinct(),
    ];

    /// <summary>Identifiers, told apart by where they are looked up.</summary>
    public static PatientIdentifiers Identifiers(IReadOnlyCollection<TokenValue> values) => new(
        [.. values.Where(value => value is { System: not null, Code: not null }).Select(value => $"{value.System}|{value.Code}").Distinct()],
        [.. values.Where(value => value is { System: null, Code: not null }).Select(value => value.Code!).Distinct()],
        [.. values.Where(value => value is { System: not null, Code: null }).Select(value => value.System!).Distinct()]);
}

/// <summary>Identifiers of patients.</summary>
/// <param name="WithSystem"><c>system|value</c>, as the column has them.</param>
/// <param name="Values">Values whatever their system.</param>
/// <param name="Systems">Systems of which any value will do.</param>
internal sealed record PatientIdentifiers(IReadOnlyList<string> WithSystem, IReadOnlyList<string> Values, IReadOnlyList<string> Systems);
