namespace EcgIntegration.Persistence.Resources;

/// <summary>The form in which patient references are stored and searched.</summary>
public static class PatientReference
{
    private const string Prefix = "Patient/";
    private const string HistoryMark = "/_history/";

    /// <summary>
    /// <c>x</c> and <c>Patient/x</c> become <c>Patient/x</c>, an absolute URL stays, a version suffix goes;
    /// <see langword="null"/> for what names no patient, such as <c>Group/1</c>, <c>#contained</c> or an empty text.
    /// </summary>
    public static string? Normalise(string? reference)
    {
        if (string.IsNullOrWhiteSpace(reference))
        {
            return null;
        }

        var text = reference.Trim();
        var history = text.IndexOf(HistoryMark, StringComparison.Ordinal);
        text = history < 0 ? text : text[..history];
        if (text.Contains("://", StringComparison.Ordinal) || text.StartsWith("urn:", StringComparison.Ordinal))
        {
            return text;
        }

        var id = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text;
        return ResourceId.IsValid(id) ? Prefix + id : null;
    }
}
