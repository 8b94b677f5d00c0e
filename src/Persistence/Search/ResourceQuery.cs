namespace EcgIntegration.Persistence.Search;

/// <summary>A FHIR search as the store understands it: every criterion holds (AND), each by one of its values (OR).</summary>
/// <param name="Type">The resource type searched.</param>
/// <param name="Criteria">What each match fulfils.</param>
/// <param name="Sort">
/// Order of the matches, first key first; the logical id comes last by itself, so that the order is total. Where there is no
/// key, the newest come first by the type's first date, or the order is that of the ids for a type that has none. What lacks
/// an element comes after all that have it, in either direction.
/// </param>
/// <param name="Limit">Most matches on a page; 0 asks for none.</param>
/// <param name="After">Where the page starts, or <see langword="null"/> for the first.</param>
public sealed record ResourceQuery(
    string Type, IReadOnlyList<SearchCriterion> Criteria, IReadOnlyList<SortKey> Sort, int Limit, SearchPlace? After)
{
    /// <summary>False leaves the waveforms where they are: the content then comes without <c>valueSampledData.data</c>.</summary>
    public bool WithSamples { get; init; } = true;
}

/// <summary>One criterion of a search.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Modifier">How its values are meant.</param>
/// <param name="AnyOf">Values, one of which holds; empty for a chained criterion.</param>
public sealed record SearchCriterion(SearchParameter Parameter, SearchModifier Modifier, IReadOnlyList<SearchValue> AnyOf)
{
    /// <summary>What the resource that the parameter refers to fulfils (<c>patient.name=…</c>); <see langword="null"/> where it is not chained.</summary>
    public SearchCriterion? Chained { get; init; }
}

/// <summary>How the values of a criterion are meant (R4 search, 3.1.1.5.5).</summary>
public enum SearchModifier
{
    /// <summary>As the parameter's type has it.</summary>
    None,

    /// <summary><c>:missing</c>; the one value is a <see cref="FlagValue"/>.</summary>
    Missing,

    /// <summary><c>:not</c>, for tokens: resources without the element match too.</summary>
    Not,

    /// <summary><c>:exact</c>, for texts: case, accents and width count.</summary>
    Exact,

    /// <summary><c>:contains</c>, for texts: anywhere within.</summary>
    Contains,

    /// <summary><c>:identifier</c>, for references: the value is a <see cref="TokenValue"/> against the reference's own identifier.</summary>
    Identifier,
}

/// <summary>One value of a criterion; its kind follows from the parameter's type and the modifier.</summary>
public abstract record SearchValue;

/// <summary>A token, <c>system|code</c>.</summary>
/// <param name="System"><see langword="null"/> for any system, empty for none.</param>
/// <param name="Code"><see langword="null"/> for every code of the system.</param>
public sealed record TokenValue(string? System, string? Code) : SearchValue;

/// <summary>A reference.</summary>
/// <param name="Reference">
/// <c>Type/id</c>, <c>Type/id/_history/version</c>, an absolute URL, or an id alone where the parameter has several target types.
/// </param>
public sealed record ReferenceValue(string Reference) : SearchValue;

/// <summary>A date or moment as a half-open interval: <c>2026-03</c> is the whole of March, in the site's time zone where it names none.</summary>
/// <param name="Prefix">How the resource's own interval must lie to it.</param>
/// <param name="From">First moment.</param>
/// <param name="Until">First moment after it.</param>
public sealed record DateValue(DatePrefix Prefix, DateTimeOffset From, DateTimeOffset Until) : SearchValue;

/// <summary>A text.</summary>
/// <param name="Text">As the client wrote it.</param>
public sealed record TextValue(string Text) : SearchValue;

/// <summary>True or false.</summary>
/// <param name="Flag">The value.</param>
public sealed record FlagValue(bool Flag) : SearchValue;

/// <summary>Prefixes of dates (R4 search, 3.1.1.5.4).</summary>
public enum DatePrefix
{
    /// <summary>Equal: the resource's interval lies within the value's.</summary>
    Eq,

    /// <summary>Not equal.</summary>
    Ne,

    /// <summary>Greater: the resource's interval reaches past the value's.</summary>
    Gt,

    /// <summary>Less: the resource's interval begins before the value's.</summary>
    Lt,

    /// <summary>Greater or equal.</summary>
    Ge,

    /// <summary>Less or equal.</summary>
    Le,

    /// <summary>Starts after: nothing of the resource's interval lies before the value's end.</summary>
    Sa,

    /// <summary>Ends before.</summary>
    Eb,

    /// <summary>Approximately: within a tenth of the distance from now.</summary>
    Ap,
}

/// <summary>One key of an order.</summary>
/// <param name="Parameter">The parameter sorted by; <see cref="SearchParameter.IsSortable"/>.</param>
/// <param name="Descending">Whether the greatest comes first.</param>
public sealed record SortKey(SearchParameter Parameter, bool Descending);

/// <summary>A place in an order, unaffected by what is stored meanwhile: what the last resource of a page sorts by, and its id.</summary>
/// <param name="Keys">One text a sort key, as the store writes and reads it; <see langword="null"/> where the resource has no such element.</param>
/// <param name="Id">Logical id of the last resource seen.</param>
public sealed record SearchPlace(IReadOnlyList<string?> Keys, string Id);
