using EcgIntegration.Persistence.Search;
using EcgIntegration.Worker.Fhir.Reading;

namespace EcgIntegration.Worker.Fhir.Search;

/// <summary>A search as it was understood.</summary>
internal sealed record SearchRequest
{
    /// <summary>For the store.</summary>
    public required ResourceQuery Query { get; init; }

    /// <summary>How much is shown of each resource.</summary>
    public required ResourceView View { get; init; }

    /// <summary>What is included.</summary>
    public required IReadOnlyList<Inclusion> Inclusions { get; init; }

    /// <summary>Whether the number of matches is asked for.</summary>
    public required bool WantsTotal { get; init; }

    /// <summary>Whether the answer is indented.</summary>
    public required bool IsPretty { get; init; }

    /// <summary>Names of parameters that are not supported, as sent.</summary>
    public required IReadOnlyList<string> Ignored { get; init; }

    /// <summary>
    /// Whether no match is shown since every criterion had to be ignored: a mistyped <c>patient</c> must not show everybody's data.
    /// </summary>
    public required bool IsWithheld { get; init; }

    /// <summary>What was understood, in the order of links, without the place of the page.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Understood { get; init; }

    /// <summary>Type, criteria and order: what a place of a page belongs to.</summary>
    public required string List { get; init; }

    /// <summary>The patients named, by reference or identifier, for the audit.</summary>
    public required IReadOnlyList<string> Patients { get; init; }

    /// <summary>The place of this page as sent, or <see langword="null"/>.</summary>
    public required string? Cursor { get; init; }

    /// <summary>Whether only the number of matches is shown.</summary>
    public bool IsCountOnly => Query.Limit == 0 && !IsWithheld;
}
