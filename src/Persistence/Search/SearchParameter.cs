namespace EcgIntegration.Persistence.Search;

/// <summary>A search parameter of a resource type, under its name in R4.</summary>
/// <param name="Name">Its name, for example <c>derived-from</c>.</param>
/// <param name="Type">What its values are.</param>
/// <param name="Elements">Paths of the elements it looks at, from the resource's root, dots between names.</param>
public sealed record SearchParameter(string Name, SearchParameterType Type, IReadOnlyList<string> Elements)
{
    /// <summary>For a reference: types it can refer to here; an id alone means the first where there is but one.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>For an element of type <c>code</c>: the system its values are of by definition, since it cannot name one itself.</summary>
    public string? CodeSystem { get; init; }

    /// <summary>Whether <c>_sort</c> takes it.</summary>
    public bool IsSortable { get; init; }

    /// <summary>For the capability statement, Japanese and English.</summary>
    public string Documentation { get; init; } = "";
}

/// <summary>Types of search parameters that are offered.</summary>
public enum SearchParameterType
{
    /// <summary>Code or identifier.</summary>
    Token,

    /// <summary>Reference to another resource.</summary>
    Reference,

    /// <summary>Date, moment or period.</summary>
    Date,

    /// <summary>Text.</summary>
    Text,
}
