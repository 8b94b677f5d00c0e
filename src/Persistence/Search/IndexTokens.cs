namespace EcgIntegration.Persistence.Search;

/// <summary>
/// The texts under which codes, identifiers and references stand in <c>resource.tokens</c>. Index and search write them by
/// the same rules, so that a search is an equality of texts.
/// </summary>
/// <remarks>
/// <c>code=system|code</c> with an empty system for none; <c>code=system|</c> for every code of a system; <c>code:code</c>
/// whatever the system. <c>focus=Task/1</c>, <c>focus=Task/1/_history/2</c>, and <c>focus:1</c> whatever the type, where it can be
/// more than one.
/// <c>code!</c> where the element is there and nothing of it can be searched by.
/// </remarks>
internal static class IndexTokens
{
    private const string HistoryMark = "/_history/";

    /// <summary>A code in a system.</summary>
    public static string Coded(string name, string? system, string code) => $"{name}={system}|{code}";

    /// <summary>A code in any system or none.</summary>
    public static string AnySystem(string name, string code) => $"{name}:{code}";

    /// <summary>Any code of a system.</summary>
    public static string OfSystem(string name, string system) => $"{name}={system}|";

    /// <summary>A reference, canonical or URI.</summary>
    public static string Reference(string name, string reference) => $"{name}={reference}";

    /// <summary>A reference's own identifier is a token under this name.</summary>
    public static string IdentifierName(string name) => $"{name}:identifier";

    /// <summary>The element is there.</summary>
    public static string Present(string name) => $"{name}!";

    /// <summary>How every token of a parameter begins, one of these.</summary>
    public static string[] Beginnings(string name) => [$"{name}=", $"{name}:", $"{name}!"];

    /// <summary>All forms under which a coded value is found.</summary>
    public static IEnumerable<string> OfCoded(string name, string? system, string code)
    {
        yield return Coded(name, system, code);
        yield return AnySystem(name, code);
        if (system is not null)
        {
            yield return OfSystem(name, system);
        }
    }

    /// <summary>All forms under which a reference is found: with and without its version, and by its id alone where its type is open.</summary>
    public static IEnumerable<string> OfReference(string name, string reference, bool isTypeOpen)
    {
        yield return Reference(name, reference);
        var whole = WithoutVersion(reference);
        if (whole.Length < reference.Length)
        {
            yield return Reference(name, whole);
        }

        if (isTypeOpen && whole.Split('/') is [_, { Length: > 0 } id])
        {
            yield return AnySystem(name, id);
        }
    }

    /// <summary>A canonical, also without the version after its bar.</summary>
    public static IEnumerable<string> OfCanonical(string name, string canonical)
    {
        yield return Reference(name, canonical);
        if (canonical.IndexOf('|', StringComparison.Ordinal) is > 0 and var bar)
        {
            yield return Reference(name, canonical[..bar]);
        }
    }

    /// <summary>A reference without the version at its end.</summary>
    public static string WithoutVersion(string reference)
    {
        var history = reference.IndexOf(HistoryMark, StringComparison.Ordinal);
        return history < 0 ? reference : reference[..history];
    }
}
