using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Fhir.Writing.Validation;

/// <summary>What references may lead to beside stored resources and other servers.</summary>
/// <param name="FullUrls">The <c>fullUrl</c>s of a transaction's entries with the type each has.</param>
/// <param name="Searches">Whether a search can stand for a reference.</param>
internal sealed record ReferenceScope(IReadOnlyDictionary<string, string> FullUrls, bool Searches)
{
    /// <summary>Of a resource that comes alone.</summary>
    public static ReferenceScope Alone { get; } = new(new Dictionary<string, string>(), Searches: false);
}

/// <summary>
/// Holds references to R4, which Firely leaves to others: their form, the types that the model allows at each element, and that
/// what is contained is there.
/// </summary>
internal static partial class ReferenceValidator
{
    private const string AnyType = "Resource";
    private const string Temporary = "urn:uuid:";

    private static readonly ConcurrentDictionary<(Type, string), string[]> Targets = new();

    /// <summary>What is wrong, in the order of the elements.</summary>
    public static IEnumerable<FhirProblem> Examine(Resource resource, ReferenceScope scope)
    {
        var contained = (resource is DomainResource domain ? domain.Contained : []).ToLookup(one => one.Id ?? "", one => one.TypeName, StringComparer.Ordinal);
        return References(resource, resource.TypeName, [])
            .Select(found => Examine(found.Reference, found.Targets, contained, scope)?.At(found.Path, string.Join(", ", found.Targets)))
            .OfType<FhirProblem>();
    }

    /// <summary>The searches that stand as references, with their places.</summary>
    public static IEnumerable<(string Text, string Path)> SearchesOf(Resource resource) => References(resource, resource.TypeName, [])
        .Where(found => found.Reference.Reference is { } text && Search().IsMatch(text))
        .Select(found => (found.Reference.Reference!, found.Path));

    private static ProblemDefinition? Examine(ResourceReference reference, string[] targets, ILookup<string, string> contained, ReferenceScope scope)
    {
        var claimed = reference.Type;
        if (claimed is not null && !Allows(targets, claimed))
        {
            return WriteProblems.ReferenceTarget;
        }

        var text = reference.Reference;
        if (text is null or "#")
        {
            return null;
        }

        if (text[0] == '#')
        {
            return !contained.Contains(text[1..]) ? WriteProblems.ContainedMissing : Fitting(contained[text[1..]].First(), targets, claimed);
        }

        if (scope.FullUrls.TryGetValue(text, out var entry))
        {
            return Fitting(entry, targets, claimed);
        }

        if (text.StartsWith(Temporary, StringComparison.Ordinal))
        {
            return WriteProblems.ReferenceTemporary;
        }

        if (Search().Match(text) is { Success: true } search)
        {
            return scope.Searches ? Fitting(search.Groups["type"].Value, targets, claimed) : WriteProblems.ReferenceTemporary;
        }

        return Literal().Match(text) is { Success: true } literal && ModelInfo.IsKnownResource(literal.Groups["type"].Value)
            ? Fitting(literal.Groups["type"].Value, targets, claimed)
            : IsAbsolute(text) ? null : WriteProblems.ReferenceMalformed;
    }

    private static ProblemDefinition? Fitting(string type, string[] targets, string? claimed) =>
        Allows(targets, type) && (claimed is null || claimed == type) ? null : WriteProblems.ReferenceTarget;

    private static bool Allows(string[] targets, string type) =>
        targets.Length == 0 || targets.Contains(type) || targets.Contains(AnyType);

    private static bool IsAbsolute(string text) =>
        (text.StartsWith("http://", StringComparison.Ordinal) || text.StartsWith("https://", StringComparison.Ordinal)
            || text.StartsWith("urn:", StringComparison.Ordinal))
        && Uri.IsWellFormedUriString(text, UriKind.Absolute);

    private static IEnumerable<Found> References(Base element, string path, string[] targets)
    {
        if (element is ResourceReference reference)
        {
            yield return new(reference, path, targets);
        }

        foreach (var (name, value) in element.EnumerateElements())
        {
            foreach (var (child, at) in Children(name, value))
            {
                foreach (var found in References(child, $"{path}.{at}", child is ResourceReference ? TargetsOf(element, name) : []))
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

    private static string[] TargetsOf(Base element, string name) => Targets.GetOrAdd((element.GetType(), name), static key =>
        ModelInfo.ModelInspector.FindClassMapping(key.Item1)?.FindMappedElementByName(key.Item2) is { NativeProperty: { } property }
            ? [.. property.GetCustomAttributes<ReferencesAttribute>().SelectMany(attribute => attribute.Resources ?? [])]
            : []);

    [GeneratedRegex(@"^(https?://[^?#\s]+/)?(?<type>[A-Z][A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(/_history/[A-Za-z0-9\-.]{1,64})?(#[^\s]*)?$")]
    private static partial Regex Literal();

    [GeneratedRegex(@"^(?<type>[A-Z][A-Za-z]+)\?\S+$")]
    private static partial Regex Search();

    private readonly record struct Found(ResourceReference Reference, string Path, string[] Targets);
}
