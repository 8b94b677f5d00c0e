using System.Text.RegularExpressions;
using EcgIntegration.Worker.Terminology;
using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Fhir.Writing.Validation;

/// <summary>Tells what refers to this system's own resources: their ids are of forms that no client can have.</summary>
/// <param name="targets">What references within a transaction have come to mean, by their text.</param>
internal sealed partial class OwnReferences(IReadOnlyDictionary<string, string> targets)
{
    /// <summary>Types whose resources this system writes under ids that it derives.</summary>
    private static readonly string[] Derived = ["DiagnosticReport", "Observation", "Provenance", "Task"];

    /// <summary>Whether an id is one that this system gives itself: held by a client, it would keep a result from being written.</summary>
    public static bool IsReserved(string type, string id) =>
        type == "Device" ? ModelId().IsMatch(id) : Derived.Contains(type) && DerivedId().IsMatch(id);

    /// <summary>Whether a system or extension is one of this product's.</summary>
    public static bool IsOwnSystem(string? uri) => uri?.StartsWith(FhirUris.Own, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Whether a reference leads to a model.</summary>
    public bool ToModel(ResourceReference? reference) =>
        Leads(reference?.Reference, ModelReference()) || Names(reference, FhirUris.ModelIdentifier);

    /// <summary>Whether a reference leads to a result, its Task or its Provenance.</summary>
    public bool ToResult(ResourceReference? reference) =>
        ToResult(reference?.Reference) || Names(reference, FhirUris.StudyIdentifier);

    /// <summary>The same of a canonical or a URL.</summary>
    public bool ToResult(string? url) => Leads(url, ResultReference());

    private bool Leads(string? text, Regex form) => text is not null && form.IsMatch(targets.GetValueOrDefault(text, text));

    private static bool Names(ResourceReference? reference, string system) =>
        string.Equals(reference?.Identifier?.System, system, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("^[0-9a-f]{64}$")]
    private static partial Regex ModelId();

    [GeneratedRegex("(^|/)Device/[0-9a-f]{64}($|[/#|])")]
    private static partial Regex ModelReference();

    [GeneratedRegex("^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")]
    private static partial Regex DerivedId();

    [GeneratedRegex("(^|/)(DiagnosticReport|Observation|Provenance|Task)/[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}($|[/#|])")]
    private static partial Regex ResultReference();
}
