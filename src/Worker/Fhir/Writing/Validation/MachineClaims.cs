using EcgIntegration.Worker.FhirModel;
using EcgIntegration.Worker.Terminology;
using Hl7.Fhir.Model;
using static Hl7.Fhir.Model.DiagnosticReport;
using Task = Hl7.Fhir.Model.Task;

namespace EcgIntegration.Worker.Fhir.Writing.Validation;

/// <summary>
/// What a client cannot say, of itself or of what is contained in its resource: that the model here made it, in this system's
/// names, or that a machine settled it. Whoever reads a result must be able to rely on where it comes from.
/// </summary>
internal static class MachineClaims
{
    private const string Asserted = "AIAST";

    /// <summary>The claims of a resource, and what would pass for a sign-off (<see cref="SignOffClaims"/>).</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="references">Tells which references lead to this system's own.</param>
    public static IReadOnlyList<FhirProblem> Examine(Resource resource, OwnReferences references)
    {
        var elements = ElementTree.Of(resource).ToList();
        return
        [
            .. Names(elements).Concat(elements.SelectMany(found => Places(found.Element, references).Select(place => $"{found.Path}.{place}")))
                .Select(place => WriteProblems.MachineClaim.At(place)),
            .. elements.SelectMany(found => SignOffClaims.Places(found.Element, references).Select(place => WriteProblems.SignOffClaim.At($"{found.Path}.{place}"))),
        ];
    }

    /// <summary>
    /// Codes, identifiers and extensions of this product stand on what it makes, and tell it apart. To refer to a study by its
    /// identifier is no claim.
    /// </summary>
    private static IEnumerable<string> Names(IEnumerable<(Base Element, string Path)> elements)
    {
        var referring = new HashSet<Base>(ReferenceEqualityComparer.Instance);
        foreach (var (element, path) in elements)
        {
            if (element is ResourceReference { Identifier: { } logical })
            {
                referring.Add(logical);
            }

            var name = element switch
            {
                Coding coding => coding.System,
                Identifier identifier when !referring.Contains(identifier) => identifier.System,
                Extension extension => extension.Url,
                _ => null,
            };
            if (OwnReferences.IsOwnSystem(name))
            {
                yield return path;
            }
        }
    }

    private static IEnumerable<string> Places(Base element, OwnReferences references)
    {
        if (element is Resource resource && IsSettled(resource)
            && resource.Meta?.Security.Exists(mark => mark.System == FhirUris.ObservationValue && mark.Code == Asserted) == true)
        {
            yield return "meta.security";
        }

        foreach (var (reference, place) in Makers(element))
        {
            if (references.ToModel(reference))
            {
                yield return place;
            }
        }
    }

    private static bool IsSettled(Resource resource) => resource switch
    {
        DiagnosticReport report => report.Status is DiagnosticReportStatus.Final or DiagnosticReportStatus.Amended
            or DiagnosticReportStatus.Corrected or DiagnosticReportStatus.Appended,
        Observation observation => observation.Status is ObservationStatus.Final or ObservationStatus.Amended or ObservationStatus.Corrected,
        _ => false,
    };

    private static IEnumerable<(ResourceReference? Reference, string Place)> Makers(Base element) => element switch
    {
        Observation observation => [(observation.Device, "device")],
        Task task => [(task.Requester, "requester"), (task.Owner, "owner")],
        Provenance.AgentComponent agent => [(agent.Who as ResourceReference, "who"), (agent.OnBehalfOf, "onBehalfOf")],
        _ => [],
    };
}
