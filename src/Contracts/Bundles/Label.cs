using EcgIntegration.Contracts.Events;

namespace EcgIntegration.Contracts.Bundles;

/// <summary>One diagnostic label of the catalogue.</summary>
/// <param name="Code">Upper-case code, for example <c>AFIB</c>; unique in the catalogue.</param>
/// <param name="En">English term.</param>
/// <param name="Ja">Japanese term; the text whose embedding the label's row of the matrix is.</param>
/// <param name="Class">Group: NORM, STTC, MI, HYP, CD (the PTB-XL superclasses), form, rhythm or quality.</param>
/// <param name="Urgency">How soon a physician should look where this label is suggested.</param>
/// <param name="Translated">True where the Japanese term is only a translation and awaits a cardiologist's check.</param>
/// <param name="Snomed">SNOMED CT concept id; written to FHIR only where the site's licence allows it.</param>
/// <param name="ReceiptCode">Code in the Japanese receipt disease master, where the finding has one.</param>
public sealed record Label(
    string Code,
    string En,
    string Ja,
    string Class,
    Urgency Urgency,
    bool Translated,
    string? Snomed,
    string? ReceiptCode);
