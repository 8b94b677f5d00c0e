namespace EcgIntegration.Persistence.Search;

/// <summary>What of a resource is promoted to columns, so that searches never open the JSON.</summary>
/// <param name="Patient">Patient reference as <see cref="Resources.PatientReference.Normalise"/> gives it.</param>
/// <param name="PatientIdentifier">Patient identifier, <c>system|value</c>.</param>
/// <param name="Status">FHIR status.</param>
/// <param name="Priority">FHIR priority.</param>
/// <param name="Tokens">Codes, identifiers and references, see <see cref="IndexTokens"/>; none twice.</param>
/// <param name="Date">The first date the type is searched by.</param>
/// <param name="Stamped">The second date the type is searched by.</param>
/// <param name="Texts">Texts the type is searched by.</param>
/// <param name="Targets">References that lead to the patient of a resource that cannot name one itself, <c>Type/id</c>.</param>
internal sealed record IndexEntry(
    string? Patient,
    string? PatientIdentifier,
    string? Status,
    string? Priority,
    string[] Tokens,
    FhirInterval? Date,
    FhirInterval? Stamped,
    IReadOnlyList<IndexedText> Texts,
    string[] Targets)
{
    /// <summary>Version of the rules by which this is read; a change of them asks for the next number.</summary>
    public const short Rules = 2;

    /// <summary>Of a resource that is found by nothing.</summary>
    public static IndexEntry Empty { get; } = new(null, null, null, null, [], null, null, [], []);

    /// <summary>The same for a resource that names no patient and is about one: it is found under that patient.</summary>
    /// <param name="patient">Reference, as <see cref="Patient"/>.</param>
    /// <param name="identifier">Identifier, as <see cref="PatientIdentifier"/>.</param>
    public IndexEntry About(string? patient, string? identifier) => Patient is not null || PatientIdentifier is not null
        ? this
        : this with { Patient = patient, PatientIdentifier = identifier };
}

/// <summary>A text that a resource is found by.</summary>
/// <param name="Parameter">Name of the search parameter.</param>
/// <param name="Text">The text; the database folds it.</param>
/// <param name="IsVerbatim">False for one put together from several elements: it is not found exactly.</param>
internal sealed record IndexedText(string Parameter, string Text, bool IsVerbatim);
