using EcgIntegration.Persistence.Resources;

namespace EcgIntegration.Persistence.Search;

/// <summary>Searches over what is stored. A page costs its own length, however many resources there are.</summary>
public interface IFhirSearch
{
    /// <summary>One page of matches.</summary>
    /// <exception cref="FormatException"><see cref="ResourceQuery.After"/> is no place of this search.</exception>
    Task<SearchPage> SearchAsync(ResourceQuery query, CancellationToken cancellationToken);

    /// <summary>How many resources match; reads them all, so it is made only when asked for.</summary>
    Task<long> CountAsync(ResourceQuery query, CancellationToken cancellationToken);

    /// <summary>Current versions of resources by reference, for <c>_include</c>; those that are not stored are left out.</summary>
    /// <param name="references"><c>Type/id</c>; a version at its end is passed over.</param>
    /// <param name="withSamples">As <see cref="ResourceQuery.WithSamples"/>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IReadOnlyList<StoredResource>> ReadAsync(
        IReadOnlyCollection<string> references, bool withSamples, CancellationToken cancellationToken);

    /// <summary>Resources that refer to any of some others by a parameter, for <c>_revinclude</c>, at most <paramref name="limit"/>.</summary>
    /// <param name="type">Type of the resources that refer.</param>
    /// <param name="parameter">The reference parameter.</param>
    /// <param name="targets"><c>Type/id</c> of what they refer to, whichever version.</param>
    /// <param name="limit">Most resources.</param>
    /// <param name="withSamples">As <see cref="ResourceQuery.WithSamples"/>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IReadOnlyList<StoredResource>> ReferringAsync(
        string type,
        SearchParameter parameter,
        IReadOnlyCollection<string> targets,
        int limit,
        bool withSamples,
        CancellationToken cancellationToken);

    /// <summary>Versions, deletions among them, newest first: of one resource, or of a type where <see cref="HistoryQuery.Id"/> is <see langword="null"/>.</summary>
    Task<HistoryPage> HistoryAsync(HistoryQuery query, CancellationToken cancellationToken);
}

/// <summary>A page of a search.</summary>
/// <param name="Matches">The matches, in order.</param>
/// <param name="Next">Where the next page starts; <see langword="null"/> on the last.</param>
public sealed record SearchPage(IReadOnlyList<StoredResource> Matches, SearchPlace? Next);

/// <summary>Asks for versions.</summary>
/// <param name="Type">Resource type.</param>
/// <param name="Id">Logical id, or <see langword="null"/> for the whole type.</param>
/// <param name="Since">Only versions stored at or after it (<c>_since</c>).</param>
/// <param name="Limit">Most versions on a page.</param>
/// <param name="After">Where the page starts.</param>
public sealed record HistoryQuery(string Type, string? Id, DateTimeOffset? Since, int Limit, HistoryPlace? After)
{
    /// <summary>As <see cref="ResourceQuery.WithSamples"/>.</summary>
    public bool WithSamples { get; init; } = true;
}

/// <summary>A place among versions.</summary>
/// <param name="LastUpdated">When the last version seen was stored.</param>
/// <param name="Id">Its logical id.</param>
/// <param name="Version">Its version.</param>
public sealed record HistoryPlace(DateTimeOffset LastUpdated, string Id, int Version);

/// <summary>A page of versions.</summary>
/// <param name="Versions">The versions, newest first.</param>
/// <param name="Next">Where the next page starts; <see langword="null"/> on the last.</param>
public sealed record HistoryPage(IReadOnlyList<StoredResource> Versions, HistoryPlace? Next);
