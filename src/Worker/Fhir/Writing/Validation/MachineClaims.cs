using System.Text.RegularExpressions;
using EcgIntegration.Worker.Terminology;
using Hl7.Fhir.Model;
using static Hl7.Fhir.Model.DiagnosticReport;
using Task = Hl7.Fhir.Model.Task;

namespace EcgIntegration.Worker.Fhir.Writing.Validation;

/// <summary>
/// What a client cannot say: that the model here made its resource, or that a machine settled it. Whoever reads a result must
/// be able to rely on where it comes from.
/// </summary>
internal static partial class MachineClaims
{
    private const string Asserted = "AIAST";

    /// <summary>Types whose resources this system writes under ids that it derives.</summary>
    private static readonly string[] Derived = ["DiagnosticReport", "Observation", "Provenance", "Task"];

    /// <summary>The claims of a resource.</summary>
    public static IReadOnlyList<FhirProblem> Examine(Resource resource) =>
        [.. Places(resource).Select(place => WriteProblems.MachineClaim.At($"{resource.TypeName}.{place}"))];

    /// <summary>Whether an id is one that this system gives itself: held by a client, it would keep a result from being written.</summary>
    public static bool IsReserved(string type, string id) =>
        type == "Device" ? ModelId().IsMatch(id) : Derived.Contains(type) && DerivedId().IsMatch(id);

    private static IEnumerable<string> Places(Resource resource)
    {
        if (IsSettled(resource) && resource.Meta?.Security.Exists(mark => mark.System == FhirUris.ObservationValue && mark.Code == Asserted) == true)
        {
            yield return "meta.security";
        }

        var identifiers = IdentifiersOf(resource);
        for (var i = 0; i < identifiers.Count; i++)
        {
            if (identifiers[i].System is FhirUris.StudyIdentifier or FhirUris.ModelIdentifier)
            {
                yield return $"identifier[{i}]";
            }
        }

        foreach (var (reference, place) in Makers(resource))
        {
            if (reference?.Reference is { } text && ModelReference().IsMatch(text))
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

    private static List<Identifier> IdentifiersOf(Resource resource) => resource switch
    {
        DiagnosticReport report => report.Identifier,
        Observation observation => observation.Identifier,
        Device device => device.Identifier,
        Task task => task.Identifier,
        Patient patient => patient.Identifier,
        _ => [],
    };

    private static IEnumerable<(ResourceReference? Reference, string Place)> Makers(Resource resource) => resource switch
    {
        Observation observation => [(observation.Device, "device")],
        Task task => [(task.Requester, "requester"), (task.Owner, "owner")],
        Provenance provenance => provenance.Agent.SelectMany((agent, i) => new[]
        {
            ((ResourceReference?)agent.Who, $"agent[{i}].who"), (agent.OnBehalfOf, $"agent[{i}].onBehalfOf"),
        }),
        _ => [],
    };

    [GeneratedRegex("^[0-9a-f]{64}$")]
    private static partial Regex ModelId();

    [GeneratedRegex("(^|/)Device/[0-9a-f]{64}($|/)")]
    private static partial Regex ModelReference();

    [GeneratedRegex("^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")]
    private static partial Regex DerivedId();
}
