namespace EcgIntegration.Persistence.Search;

/// <summary>A way to some of the rows that match; the branches of a search have no row in common.</summary>
/// <param name="Driver">
/// What the rows are looked up by, one look-up for each of its rows, <c>d</c>: each gives its own in order, so that a page
/// costs its length for each, and not all there is. <see langword="null"/> where the condition is enough.
/// </param>
/// <param name="Condition">Condition on the row, <c>r</c>.</param>
/// <param name="Filter">
/// What else holds of it, and is bounded by no index in the order of the page; only ever of a branch that is the only one.
/// </param>
internal sealed record SearchBranch(string? Driver, string Condition, string? Filter = null)
{
    /// <summary>Whether each look-up gives rows of one status and one priority, in the order of the date.</summary>
    public bool IsLane { get; init; }
}
