using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.FhirModel;

/// <summary>
/// The part of an element's path that FHIR itself defines. A sender can use anything as a property's name, a patient's name
/// too, and a path travels in outcome events: so it ends before the first name that FHIR does not know.
/// </summary>
internal static class ElementPath
{
    private const int LongestIndex = 6;

    private static readonly ModelInspector Model = ModelInfo.ModelInspector;

    /// <summary>The known beginning of a path such as <c>Observation.component[0].code</c>, or <see langword="null"/>.</summary>
    public static string? Known(string? path)
    {
        if (path is null)
        {
            return null;
        }

        var segments = path.Split('.');
        if (Model.FindClassMapping(segments[0]) is not { } root)
        {
            return null;
        }

        IEnumerable<ClassMapping> types = [root];
        var known = 1;
        while (known < segments.Length && TrySplit(segments[known], out var name)
            && Find(types, name) is { } element)
        {
            // JSON puts the type behind the name of a choice, FHIRPath does not.
            segments[known] = element.Name + segments[known][name.Length..];
            // A path names an element of several types without saying which of them it has.
            types = element.FhirTypeMappings;
            known++;
        }

        return string.Join('.', segments[..known]);
    }

    private static PropertyMapping? Find(IEnumerable<ClassMapping> types, string name) =>
        types.Select(type => type.FindMappedElementByName(name) ?? type.FindMappedElementByChoiceName(name)).FirstOrDefault(found => found is not null);

    private static bool TrySplit(string segment, out string name)
    {
        var bracket = segment.IndexOf('[', StringComparison.Ordinal);
        name = bracket < 0 ? segment : segment[..bracket];
        return bracket < 0
            || (segment[^1] == ']' && segment.Length - bracket - 2 is > 0 and <= LongestIndex && segment[(bracket + 1)..^1].All(char.IsAsciiDigit));
    }
}
