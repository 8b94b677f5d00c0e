namespace EcgIntegration.Worker.Suggestions;

/// <summary>
/// Suggestions that another one excludes. Sinus rhythm beside 心房細動 would be read as two rhythms at once, an incomplete block
/// beside the complete one of the same bundle branch as two blocks. The unremarkable or lesser one is left out; a sinus
/// rhythm to review stays, because which of the two is right is the physician's question.
/// </summary>
internal static class ExcludedFindings
{
    private static readonly HashSet<string> SinusRhythms = ["SR", "SARRH"];

    // Rhythms whose atria are not paced by the sinus node. Ventricular and paced rhythms are not among them, nor is a
    // block: sinus P waves may go on beside those. In ventricular fibrillation there is nothing beside.
    private static readonly HashSet<string> OtherRhythms =
    [
        "AFIB", "AFLT", "AFAFL", "PAF", "CAF", "RAPIDAF",
        "ATACH", "MAT", "SVTAC", "PSVT", "AVNRT", "AVRT", "ARHYTHM",
        "JRHYTHM", "AJR", "JTACH",
        "VF", "VFL",
    ];

    private static readonly Dictionary<string, string> CompleteBlocks = new() { ["IRBBB"] = "CRBBB", ["ILBBB"] = "CLBBB" };

    /// <summary>Every code the rules name; each is one of the catalogue.</summary>
    internal static IEnumerable<string> Codes => [.. SinusRhythms, .. OtherRhythms, .. CompleteBlocks.Keys, .. CompleteBlocks.Values];

    /// <summary>Whether a label is left out beside the others.</summary>
    /// <param name="code">The label.</param>
    /// <param name="suggested">Every label that reaches its threshold.</param>
    public static bool IsExcluded(string code, IReadOnlyCollection<string> suggested) =>
        (SinusRhythms.Contains(code) && suggested.Any(OtherRhythms.Contains))
        || (CompleteBlocks.TryGetValue(code, out var complete) && suggested.Contains(complete));
}
