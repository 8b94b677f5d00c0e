using EcgIntegration.Persistence.Search;
using EcgIntegration.Worker.Fhir.Auditing;

namespace EcgIntegration.Worker.Fhir.Search;

/// <summary>What a reference parameter can be used for.</summary>
internal static class ReferenceParameters
{
    /// <summary>Whether the parameter holds an address (R4: type <c>uri</c>), which refers to no resource here.</summary>
    public static bool IsUri(this SearchParameter parameter) => parameter is { Type: SearchParameterType.Reference, Name: "_profile" or "url" };

    /// <summary>Whether <c>_include</c> and <c>_revinclude</c> can follow it.</summary>
    public static bool IsFollowed(this SearchParameter parameter) => parameter.Type == SearchParameterType.Reference && !parameter.IsUri();

    /// <summary>Whether <c>_revinclude</c> can follow references of a type: audit records are no resources that the store holds.</summary>
    public static bool IsFollowedBack(string source) => source != AuditEvents.Type;

    /// <summary>The type an id alone means, or <see langword="null"/> where it could be several.</summary>
    public static string? OnlyTarget(this SearchParameter parameter) => parameter.Targets is [var only] ? only : null;

    /// <summary>Whether the parameter can refer to a type.</summary>
    public static bool CanReferTo(this SearchParameter parameter, string type) => parameter.Targets.Count == 0 || parameter.Targets.Contains(type);
}
