using EcgIntegration.Persistence.Search;
using ModelInfo = Hl7.Fhir.Model.ModelInfo;

namespace EcgIntegration.Worker.Fhir.Search;

/// <summary>One <c>_include</c> or <c>_revinclude</c>.</summary>
/// <param name="IsReverse">Whether it follows the reference backwards.</param>
/// <param name="Source">Type of the resources that refer.</param>
/// <param name="Parameter">The reference.</param>
/// <param name="Target">The only type referred to, or <see langword="null"/> for any.</param>
/// <param name="Iterates">Whether it is followed from what was included, too.</param>
internal sealed record Inclusion(bool IsReverse, string Source, SearchParameter Parameter, string? Target, bool Iterates)
{
    public const string Include = "_include";
    public const string ReverseInclude = "_revinclude";

    private const string Any = "*";

    /// <summary>Types of what it brings.</summary>
    public IEnumerable<string> Brings => IsReverse
        ? [Source]
        : SearchParameters.Types.Where(type => (Target is null || type == Target) && Parameter.CanReferTo(type)
            && FhirTypes.Find(type) is not null && ReferenceParameters.IsFollowedBack(type));

    /// <summary>Whether it is followed from resources of a type.</summary>
    public bool StartsFrom(string type) => IsReverse
        ? (Target is null || Target == type) && Parameter.CanReferTo(type)
        : Source == type;

    /// <summary>Whether a parameter is one of these, and not one with a modifier that is not supported.</summary>
    public static bool IsName(string name) => name is Include or ReverseInclude or Include + ":iterate" or ReverseInclude + ":iterate";

    /// <summary>Reads one; empty where it names nothing that could be followed from a search of <paramref name="type"/>.</summary>
    /// <param name="type">The type searched.</param>
    /// <param name="name">The parameter's name; see <see cref="IsName"/>.</param>
    /// <param name="value"><c>Source:parameter</c>, <c>Source:parameter:Target</c>, either of the first two <c>*</c>, or <c>*</c> alone.</param>
    public static IReadOnlyList<Inclusion> Read(string type, string name, string value)
    {
        var isReverse = name.StartsWith(ReverseInclude, StringComparison.Ordinal);
        var iterates = name.Contains(':', StringComparison.Ordinal);
        var parts = value.Split(':');
        if (parts is [Any] && !isReverse)
        {
            parts = [type, Any];
        }

        if (parts.Length is < 2 or > 3)
        {
            return [];
        }

        var target = parts.ElementAtOrDefault(2);
        if (target is not null && !ModelInfo.IsKnownResource(target))
        {
            return [];
        }

        return
        [
            .. SearchParameters.Types.Where(source => FhirTypes.Find(source) is not null && (parts[0] == Any || parts[0] == source))
                .Where(source => !isReverse || ReferenceParameters.IsFollowedBack(source))
                .SelectMany(source => SearchParameters.Of(source)
                    .Where(parameter => parameter.IsFollowed() && (parts[1] == Any || parts[1] == parameter.Name))
                    .Where(parameter => target is null || parameter.CanReferTo(target))
                    .Select(parameter => new Inclusion(isReverse, source, parameter, target, iterates)))
                .Where(inclusion => iterates || inclusion.StartsFrom(type)),
        ];
    }
}
