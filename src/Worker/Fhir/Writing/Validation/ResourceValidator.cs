using System.Collections.Frozen;
using EcgIntegration.Worker.FhirModel;
using EcgIntegration.Worker.Terminology;
using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Fhir.Writing.Validation;

/// <summary>
/// Holds a resource to R4: names, cardinality, required value sets, the forms of primitives, references and narratives. What it finds names
/// the element; it never quotes a value.
/// </summary>
internal static class ResourceValidator
{
    /// <summary>Most problems told at once.</summary>
    public const int MostProblems = 20;

    /// <summary>Firely's code for a literal of another kind than the element's, and for a number that it cannot hold.</summary>
    private const string LiteralUnfit = "PVAL123";

    private const string Subsetted = "SUBSETTED";

    /// <summary>Reads a resource that is to be stored.</summary>
    /// <param name="json">The resource, UTF-8.</param>
    /// <param name="type">The type it is to have.</param>
    /// <param name="place">Where it stands in the request.</param>
    /// <param name="scope">What its references may lead to beside stored resources.</param>
    /// <exception cref="WriteRefusedException">It is not valid.</exception>
    public static Resource Read(ReadOnlyMemory<byte> json, string type, ElementPlace place, ReferenceScope scope)
    {
        if (ResourceScan.Examine(json.Span, out var named) is { } problem)
        {
            throw new WriteRefusedException(Describe(problem).At(place.Of(type), ResourceScan.MaximumElements, ResourceScan.LongestName));
        }

        if (named != type)
        {
            throw new WriteRefusedException(WriteProblems.TypeMismatch.At(place.Of($"{type}.resourceType")));
        }

        if (R4Parser.Parse(json.Span, type, MostProblems, out var problems) is not { } resource)
        {
            var numbers = problems.Any(one => one.Code == LiteralUnfit) ? JsonFault.NumbersBeyondDecimal(json.Span, type) : FrozenSet<string>.Empty;
            throw new WriteRefusedException([.. problems.Select(one => Describe(one, place, type, numbers))]);
        }

        if (resource.Meta?.Tag.Exists(tag => tag is { System: FhirUris.ObservationValue, Code: Subsetted }) == true)
        {
            // What the part leaves out would be lost.
            throw new WriteRefusedException(WriteProblems.Subsetted.At(place.Of($"{type}.meta.tag")));
        }

        var elements = ElementTree.Of(resource).ToList();
        var found = EmptyElements.Examine(elements)
            .Concat(Invariants.Examine(elements))
            .Concat(ReferenceValidator.Examine(resource, scope))
            .Concat(UriValidator.Examine(elements))
            .Concat(NarrativeValidator.Examine(elements))
            .Take(MostProblems)
            .Select(one => one.At(place.Of(one.Expression)))
            .ToList();
        return found.Count == 0 ? resource : throw new WriteRefusedException(found);
    }

    private static ProblemDefinition Describe(ScanProblem problem) => problem switch
    {
        ScanProblem.TooComplex => WriteProblems.TooComplex,
        ScanProblem.NotText => WriteProblems.NotText,
        _ => WriteProblems.NotResource,
    };

    private static FhirProblem Describe(ModelProblem problem, ElementPlace place, string type, IReadOnlySet<string> numbers)
    {
        var where = place.Of(problem.Path ?? type);
        return problem.Code switch
        {
            _ when where.EndsWith(NarrativeValidator.Div, StringComparison.Ordinal) => WriteProblems.NarrativeInvalid.At(where, NarrativeValidator.Schema),
            "PVAL102" or "PVAL103" or "PVAL105" => WriteProblems.ElementMissing.At(where),
            "PVAL116" => WriteProblems.CodeUnknown.At(where),
            LiteralUnfit when problem.Path is { } path && numbers.Contains(path) => WriteProblems.NumberOutOfRange.At(where),
            "PVAL114" or "PVAL115" or "PVAL119" or "PVAL120" or LiteralUnfit or "PVAL124" or "PVAL125" or "PVAL126" => WriteProblems.ValueInvalid.At(where),
            "PVAL128" or "PVAL131" => WriteProblems.ElementUnknown.At(where),
            "JSON120" or "PVAL129" => WriteProblems.ElementEmpty.At(where),
            "JSON121" or "JSON125" => WriteProblems.ArrayEmpty.At(WithoutIndex(where)),
            "JSON109" or "PVAL104" => WriteProblems.NullMisplaced.At(WithoutIndex(where)),
            "JSON129" or "JSON135" => WriteProblems.ElementRepeated.At(where),
            "PVAL101" or "PVAL127" or "JSON114" or "JSON130" or "JSON131" or "JSON132" or "JSON133" or "JSON134" => WriteProblems.TypeUnfit.At(where),
            "PVAL118" => InvariantProblems.ContainedNested.At(where),
            "PVAL130" or "PVAL132" or "JSON102" or "JSON103" => WriteProblems.ResourceTypeUnknown.At(where),
            var code => WriteProblems.StructureInvalid.At(where, code),
        };
    }

    /// <summary>Of what is wrong with an array as a whole Firely gives the place of an item that is not there.</summary>
    private static string WithoutIndex(string where) => where[^1] == ']' ? where[..where.LastIndexOf('[')] : where;
}

/// <summary>Where a resource stands in a request, for the places of what is wrong with it.</summary>
/// <param name="Root"><c>Bundle.entry[3].resource</c>, or <see langword="null"/> where the resource is the body.</param>
internal readonly record struct ElementPlace(string? Root)
{
    /// <summary>The place of an element that is named from its resource's type.</summary>
    public string Of(string path)
    {
        if (Root is null)
        {
            return path;
        }

        var dot = path.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? Root : Root + path[dot..];
    }
}
