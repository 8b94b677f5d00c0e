using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Fhir.Writing.Validation;

/// <summary>Holds addresses to R4's form, which Firely leaves to others: there is no blank in a uri, url or canonical.</summary>
internal static class UriValidator
{
    /// <summary>What is wrong, in the order of the elements.</summary>
    public static IEnumerable<FhirProblem> Examine(IEnumerable<(Base Element, string Path)> elements) =>
        elements.Where(found => HasBlank(found.Element)).Select(found => WriteProblems.ValueInvalid.At(found.Path));

    private static bool HasBlank(Base element) => element switch
    {
        FhirUri { Value: { } uri } => uri.Any(char.IsWhiteSpace),
        FhirUrl { Value: { } url } => url.Any(char.IsWhiteSpace),
        Canonical { Value: { } canonical } => canonical.Any(char.IsWhiteSpace),
        _ => false,
    };
}
