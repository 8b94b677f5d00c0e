namespace EcgIntegration.Persistence.Search;

/// <summary>
/// The part of folding that the database cannot be relied on for: what it takes for a letter, and so for its small form,
/// depends on the locale it was made with. The rest is its function <c>fold_text</c>.
/// </summary>
internal static class TextFolding
{
    /// <summary>What <c>fold_text</c> is given, of stored and of sought texts alike.</summary>
    public static string Lower(string text) => text.ToLowerInvariant();
}
