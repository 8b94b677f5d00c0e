namespace EcgIntegration.Worker.Suggestions;

/// <summary>Section <c>Suggestions</c>: what is written to FHIR.</summary>
internal sealed class SuggestionOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Suggestions";

    /// <summary>
    /// True adds SNOMED CT codes to findings. Off by default: using SNOMED CT needs a licence, which the site must hold.
    /// </summary>
    public bool Snomed { get; set; }
}
