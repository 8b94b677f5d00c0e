using System.Collections;
using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.FhirModel;

/// <summary>Every element of a resource with its place, what is contained in it as well.</summary>
internal static class ElementTree
{
    /// <summary>The elements, each before those within it.</summary>
    public static IEnumerable<(Base Element, string Path)> Of(Resource resource) => Of(resource, resource.TypeName);

    private static IEnumerable<(Base Element, string Path)> Of(Base element, string path)
    {
        yield return (element, path);
        foreach (var (name, value) in element.EnumerateElements())
        {
            foreach (var (child, at) in Children(name, value))
            {
                foreach (var found in Of(child, $"{path}.{at}"))
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
