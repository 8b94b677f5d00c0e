using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Fhir.Writing.Validation;

/// <summary>
/// Holds elements to R4's rule that each has a value or something within it beside an id (ele-1). Firely counts an element with nothing but
/// an id as given, so that a required one could be left out.
/// </summary>
internal static class EmptyElements
{
    private const string Id = "id";

    /// <summary>What is wrong, in the order of the elements.</summary>
    public static IEnumerable<FhirProblem> Examine(IEnumerable<(Base Element, string Path)> elements) =>
        elements.Where(found => found.Element is Element element && IsEmpty(element)).Select(found => WriteProblems.ElementEmpty.At(found.Path));

    private static bool IsEmpty(Element element) => element is PrimitiveType primitive
        ? primitive.JsonValue is null && primitive.Extension.Count == 0
        : element.EnumerateElements().All(child => child.Key == Id);
}
