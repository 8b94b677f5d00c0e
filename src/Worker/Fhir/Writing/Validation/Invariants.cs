using EcgIntegration.Persistence.Search;
using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Fhir.Writing.Validation;

/// <summary>
/// Holds a resource to R4's rules between elements, of those types and data types that clients write here. Firely leaves them to a
/// validator with the whole specification.
/// </summary>
internal static class Invariants
{
    /// <summary>What is wrong, in the order of the elements.</summary>
    public static IEnumerable<FhirProblem> Examine(IReadOnlyList<(Base Element, string Path)> elements) =>
        elements.SelectMany(found => Broken(found.Element).Select(broken => broken.Problem.At(found.Path + broken.At)));

    private static IEnumerable<(ProblemDefinition Problem, string At)> Broken(Base element) => element switch
    {
        Period period when IsAfter(period.StartElement, period.EndElement) => [(InvariantProblems.PeriodReversed, ".end")],
        Quantity { Code: not null, System: null } => [(InvariantProblems.QuantityCode, ".system")],
        Hl7.Fhir.Model.Range { Low: { Value: { } low } one, High: { Value: { } high } other } when low > high && IsSameUnit(one, other) =>
            [(InvariantProblems.RangeReversed, ".high")],
        Extension extension when (extension.Value is null) == (extension.Extension.Count == 0) => [(InvariantProblems.ExtensionContent, "")],
        Attachment { Data: not null, ContentType: null } => [(InvariantProblems.AttachmentType, ".contentType")],
        ContactPoint { Value: not null, System: null, SystemElement: null } => [(InvariantProblems.TelecomSystem, ".system")],
        Observation.ReferenceRangeComponent { Low: null, High: null, Text: null } => [(InvariantProblems.ReferenceRangeEmpty, "")],
        Observation.ComponentComponent { Value: not null, DataAbsentReason: not null } => [(InvariantProblems.ValueAndAbsence, ".dataAbsentReason")],
        Patient.ContactComponent { Name: null, Address: null, Organization: null, Telecom.Count: 0 } => [(InvariantProblems.ContactEmpty, "")],
        DomainResource resource => Contained(resource).Concat(OfResource(resource)),
        _ => [],
    };

    private static IEnumerable<(ProblemDefinition Problem, string At)> OfResource(DomainResource resource)
    {
        if (resource is Observation { Value: not null } observation)
        {
            if (observation.DataAbsentReason is not null)
            {
                yield return (InvariantProblems.ValueAndAbsence, ".dataAbsentReason");
            }

            if (observation.Component.Exists(component => component.Value is not null && SharesCode(component.Code, observation.Code)))
            {
                yield return (InvariantProblems.ValueTwice, ".value");
            }
        }

        if (resource is Hl7.Fhir.Model.Task task && IsAfter(task.AuthoredOnElement, task.LastModifiedElement))
        {
            yield return (InvariantProblems.TaskReversed, ".lastModified");
        }
    }

    private static IEnumerable<(ProblemDefinition Problem, string At)> Contained(DomainResource resource) => resource.Contained
        .Select((inner, index) => (inner.Meta, At: string.Create(System.Globalization.CultureInfo.InvariantCulture, $".contained[{index}].meta")))
        .Where(inner => inner.Meta is { } meta && (meta.VersionId is not null || meta.LastUpdated is not null || meta.Security.Count > 0))
        .Select(inner => (InvariantProblems.ContainedVersioned, inner.At));

    /// <summary>Whether one date is certainly after another: a year is not after a day of it.</summary>
    private static bool IsAfter(FhirDateTime? one, FhirDateTime? other) =>
        FhirDate.TryParse(one?.Value, out var first) && FhirDate.TryParse(other?.Value, out var second) && first.From > second.To;

    private static bool IsSameUnit(Quantity one, Quantity other) => one.System == other.System && one.Code == other.Code && one.Unit == other.Unit;

    /// <summary>obs-7 compares codings, and a text where there is none.</summary>
    private static bool SharesCode(CodeableConcept? one, CodeableConcept? other) => one?.Coding.Count > 0
        ? other?.Coding.Exists(coding => one.Coding.Exists(same => same.Code is not null && same.Code == coding.Code && same.System == coding.System)) == true
        : one?.Text is { } text && text == other?.Text && other.Coding.Count == 0;
}
