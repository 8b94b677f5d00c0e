namespace EcgIntegration.Worker.Suggestions;

/// <summary>
/// Sinus rhythm beside a rhythm that excludes it, such as 洞調律 beside 心房細動, would be read as two rhythms at once. The
/// unremarkable one is left out; a sinus rhythm to review stays, because which of the two is right is the physician's question.
/// </summary>
internal static class SinusRhythm
{
    private static readonly HashSet<string> Unremarkable = ["SR", "SARRH"];

    // Rhythms whose atria are not paced by the sinus node. Ventricular and paced rhythms are not among them, nor is a
    // block: sinus P waves may go on beside those. In ventricular fibrillation there is nothing beside.
    private static readonly HashSet<string> Excluding =
    [
        "AFIB", "AFLT", "AFAFL", "PAF", "CAF", "RAPIDAF",
        "ATACH", "MAT", "SVTAC", "PSVT", "AVNRT", "AVRT", "ARHYTHM",
        "JRHYTHM", "AJR", "JTACH",
        "VF", "VFL",
    ];

    /// <summary>Every code the rule names; each is one of the catalogue.</summary>
    internal static IEnumerable<string> Codes => Unremarkable.Concat(Excluding);

    /// <summary>Whether a label is a sinus rhythm that the others exclude.</summary>
    /// <param name="code">The label.</param>
    /// <param name="suggested">Every label that reaches its threshold.</param>
    public static bool IsExcluded(string code, IEnumerable<string> suggested) =>
        Unremarkable.Contains(code) && suggested.Any(Excluding.Contains);
}
