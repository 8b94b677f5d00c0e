using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Search;
using EcgIntegration.Worker.FhirModel;
using ModelInfo = Hl7.Fhir.Model.ModelInfo;

namespace EcgIntegration.Worker.Fhir.Search;

/// <summary>Reads one value of a criterion, as its parameter's type and modifier have it.</summary>
/// <param name="server">This server's own base URLs: a reference below one of them is a relative one.</param>
internal sealed class SearchValues(ServerBase server)
{
    /// <summary>The value, or <see langword="null"/> where it cannot be one.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="modifier">Its modifier.</param>
    /// <param name="targetType">For a reference: the only type it may refer to, or <see langword="null"/>.</param>
    /// <param name="text">The value as sent, with its escapes.</param>
    public SearchValue? Read(SearchParameter parameter, SearchModifier modifier, string? targetType, string text) => (modifier, parameter.Type) switch
    {
        (SearchModifier.Missing, _) => text switch { "true" => new FlagValue(true), "false" => new FlagValue(false), _ => null },
        (SearchModifier.Identifier, _) or (_, SearchParameterType.Token) => Token(parameter, text),
        (_, SearchParameterType.Reference) => Reference(parameter, targetType, text),
        (_, SearchParameterType.Date) => SearchDate.Parse(text),
        _ => SearchText.TryUnescape(text, out var plain) && !string.IsNullOrWhiteSpace(plain) ? new TextValue(plain) : null,
    };

    private static TokenValue? Token(SearchParameter parameter, string text)
    {
        var parts = SearchText.Split(text, '|');
        if (parts.Count > 2 || !SearchText.TryUnescape(parts[0], out var first) || !SearchText.TryUnescape(parts[^1], out var last))
        {
            return null;
        }

        var isId = parameter.Name == "_id";
        return (parts.Count, first, last) switch
        {
            (1, _, not "") => new TokenValue(null, last),
            (2, not "", _) when !isId => new TokenValue(first, last is "" ? null : last),
            (2, "", not "") when !isId => new TokenValue("", last),
            _ => null,
        };
    }

    private ReferenceValue? Reference(SearchParameter parameter, string? targetType, string text)
    {
        if (!SearchText.TryUnescape(text, out var reference) || string.IsNullOrWhiteSpace(reference))
        {
            return null;
        }

        if (parameter.IsUri())
        {
            return new ReferenceValue(reference);
        }

        // SYSTEM|VALUE is an identifier, which a reference never holds: an empty answer would look like a patient without ECGs.
        if (reference.Contains('|', StringComparison.Ordinal))
        {
            return null;
        }

        reference = server.Relative(reference);
        if (reference.Contains("://", StringComparison.Ordinal) || reference.StartsWith("urn:", StringComparison.Ordinal))
        {
            return new ReferenceValue(reference);
        }

        if (ResourceId.IsValid(reference))
        {
            return new ReferenceValue((targetType ?? parameter.OnlyTarget()) is { } type ? $"{type}/{reference}" : reference);
        }

        return RelativeReference.Parse(reference) is { } relative && IsTarget(parameter, targetType, relative.Type)
            ? new ReferenceValue(reference)
            : null;
    }

    private static bool IsTarget(SearchParameter parameter, string? targetType, string type) =>
        targetType is null
            ? ModelInfo.IsKnownResource(type) && (parameter.Name != "patient" || type == "Patient")
            : type == targetType;
}
