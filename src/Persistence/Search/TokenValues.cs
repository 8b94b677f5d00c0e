namespace EcgIntegration.Persistence.Search;

/// <summary>The tokens that a criterion asks for, in the forms of the index.</summary>
internal static class TokenValues
{
    /// <summary>References that very many resources have in common.</summary>
    private static readonly string[] SharedReferences = ["device", "agent", "owner", "_profile", "url"];

    /// <summary>Tokens, one of which a resource has.</summary>
    public static IReadOnlyList<string> Of(SearchCriterion criterion)
    {
        var (parameter, modifier) = (criterion.Parameter, criterion.Modifier);
        return modifier == SearchModifier.Identifier
            ? [.. Values<TokenValue>(criterion).Select(value => Token(IndexTokens.IdentifierName(parameter.Name), null, value))]
            : parameter.Type == SearchParameterType.Reference
                ? [.. Values<ReferenceValue>(criterion).Select(value => Reference(parameter, value.Reference))]
                : [.. Values<TokenValue>(criterion).Select(value => Token(parameter.Name, parameter.CodeSystem, value))];
    }

    /// <summary>Whether a criterion leaves a handful of resources, whichever its values: what is meant for one, not for many.</summary>
    public static bool AreOfFew(SearchCriterion criterion) =>
        criterion.Chained is null && !criterion.Parameter.IsOfPatient() && criterion.Parameter.Column() == IndexColumn.Tokens
        && (criterion.Modifier, criterion.Parameter) switch
        {
            (SearchModifier.Identifier, _) or (SearchModifier.None, { Name: "identifier" }) =>
                criterion.AnyOf.OfType<TokenValue>().All(value => value.Code is not null),
            (SearchModifier.None, { Type: SearchParameterType.Reference }) => !SharedReferences.Contains(criterion.Parameter.Name),
            _ => false,
        };

    /// <summary>The values of a criterion, which must be of one kind.</summary>
    public static IEnumerable<T> Values<T>(SearchCriterion criterion) where T : SearchValue => criterion.AnyOf.Select(value =>
        value as T ?? throw new ArgumentException($"The parameter {criterion.Parameter.Name} takes another kind of value.", nameof(criterion)));

    private static string Token(string name, string? codeSystem, TokenValue value) => value switch
    {
        { Code: { } code, System: null } => IndexTokens.AnySystem(name, code),
        // An element of type code has no system that it could lack.
        { Code: { } code, System: "" } when codeSystem is not null => IndexTokens.AnySystem(name, code),
        { Code: { } code, System: { } system } => IndexTokens.Coded(name, system, code),
        { System: { Length: > 0 } system } => IndexTokens.OfSystem(name, system),
        _ => throw new ArgumentException("A token has a code or a system.", nameof(value)),
    };

    private static string Reference(SearchParameter parameter, string reference) =>
        reference.AsSpan().ContainsAny('/', ':') ? IndexTokens.Reference(parameter.Name, reference)
        : parameter.Targets is [var target] ? IndexTokens.Reference(parameter.Name, $"{target}/{reference}")
        : IndexTokens.AnySystem(parameter.Name, reference);
}
