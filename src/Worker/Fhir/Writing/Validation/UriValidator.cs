using System.Collections;
using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Fhir.Writing.Validation;

/// <summary>Holds addresses to R4's form, which Firely leaves to others: there is no blank in a uri, url or canonical.</summary>
internal static class UriValidator
{
    /// <summary>What is wrong, in the order of the elements.</summary>
    public static IEnumerable<FhirProblem> Examine(Resource resource) =>
        Blanks(resource, resource.TypeName).Select(path => WriteProblems.ValueInvalid.At(path));

    private static IEnumerable<string> Blanks(Base element, string path)
    {
        if (element is FhirUri { Value: { } uri } && uri.Any(char.IsWhiteSpace)
            || element is FhirUrl { Value: { } url } && url.Any(char.IsWhiteSpace)
            || element is Canonical { Value: { } canonical } && canonical.Any(char.IsWhiteSpace))
        {
            yield return path;
        }

        foreach (var (name, value) in element.EnumerateElements())
        {
            foreach (var (child, at) in Children(name, value))
            {
                foreach (var found in Blanks(child, $"{path}.{at}"))
                {
                    yield return found;
                }
            }
        }
    }

    private static IEnumerable<(Base Child, string At)> Children(string name, object value) => value switch
    {
        Base one => [(one, name)],
        IEnumerable list and not string => list.OfType<Base>().Select((child, index) => (child, $"{name}[{index}]")),
        _ => [],
    };
}
