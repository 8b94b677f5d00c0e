using System.Collections.Concurrent;
using System.Collections.Frozen;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Fhir.Reading;

/// <summary>The elements of an R4 type under their names in JSON, made once a type from Firely's model.</summary>
internal sealed class ElementModel
{
    private static readonly ConcurrentDictionary<string, ElementModel> Known = new(StringComparer.Ordinal);

    private readonly FrozenDictionary<string, Element>.AlternateLookup<ReadOnlySpan<char>> _byName;

    private ElementModel(ClassMapping mapping)
    {
        var elements = mapping.PropertyMappings.SelectMany(Elements)
            .ToFrozenDictionary(pair => pair.Name, pair => pair.Element, StringComparer.Ordinal);
        BaseNames = elements.Values.Select(element => element.BaseName).ToFrozenSet(StringComparer.Ordinal);
        _byName = elements.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Names without the type of a choice: <c>value</c>, not <c>valueQuantity</c>.</summary>
    public FrozenSet<string> BaseNames { get; }

    /// <summary>The model of a type: a resource, a data type, or a part of one such as <c>Observation.component</c>.</summary>
    public static ElementModel Of(string type) => Known.GetOrAdd(
        type,
        static name => new(
            ModelInfo.ModelInspector.FindClassMapping(name) ?? throw new ArgumentException("The type is not one of R4.", nameof(type))));

    /// <summary>An element by its name, or that of its sibling with an underscore; <see langword="null"/> for what R4 does not know.</summary>
    public Element? Find(ReadOnlySpan<char> name) =>
        _byName.TryGetValue(name is ['_', ..] ? name[1..] : name, out var element) ? element : null;

    private static IEnumerable<(string Name, Element Element)> Elements(PropertyMapping property) =>
        property.Choice == ChoiceType.DatatypeChoice
        ? property.FhirTypeMappings.Select(type => (property.Name + char.ToUpperInvariant(type.Name[0]) + type.Name[1..], ElementOf(property, type)))
        : [(property.Name, ElementOf(property, property.PropertyTypeMapping))];

    private static Element ElementOf(PropertyMapping property, ClassMapping type) => new(
        property.Name,
        property.IsMandatoryElement || property.IsModifier,
        // Extensions within what is kept stay: one of them may be all there is of an element that must not be missing.
        property.InSummary || (property.Name is "id" or "extension" && !property.DeclaringClass.IsResource),
        type.IsFhirPrimitive || type.IsPrimitive || type.IsResource || type.Name is "Extension" ? null : type.Name);
}

/// <summary>One element.</summary>
/// <param name="BaseName">Its name without the type of a choice.</param>
/// <param name="IsNeeded">Without it the resource would not be valid, or could be misunderstood: mandatory, or a modifier.</param>
/// <param name="InSummary">Whether R4 has it in the summary of what it is part of.</param>
/// <param name="Type">Its type where that has elements of its own; else <see langword="null"/>.</param>
internal sealed record Element(string BaseName, bool IsNeeded, bool InSummary, string? Type);
