namespace EcgIntegration.Persistence.Search;

/// <summary>A way to some of the rows that match; the branches of a search have no row in common.</summary>
/// <param name="Driver">
/// What the rows are looked up by, one look-up for each of its rows, <c>d</c>: each gives its own in order, so that a page
/// costs its length for each, and not all there is. <see langword="null"/> where the conditions are enough.
/// </param>
/// <param name="Condition">Condition on the row, <c>r</c>.</param>
internal sealed record SearchBranch(string? Driver, string Condition);
