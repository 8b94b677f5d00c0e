using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Worker.Suggestions.Resources;
using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Suggestions;

/// <summary>
/// Composes the FHIR resources of one study: Device, finding Observations, DiagnosticReport, Task and Provenance.
/// Everything is preliminary and marked as asserted by a machine; there is never a Condition. A verdict without
/// suggestions gives a report and a Task as well, because a physician has to read the ECG.
/// </summary>
internal sealed class FhirComposer(SuggestionOptions options)
{
    /// <summary>Composes the resources; the same request gives the same ids.</summary>
    public ComposedStudy Compose(ComposeRequest request)
    {
        var ids = new StudyIds(request.StudyId, request.Model.Sha256);
        var context = new StudyContext(request, ids);
        var device = DeviceResource.Create(request.Model);
        var findings = request.Verdict.Status is StudyStatus.Classified
            ? request.Verdict.Suggestions.Select(suggestion => FindingResource.Create(context, suggestion, options)).ToList()
            : [];
        var report = ReportResource.Create(context, findings);
        var task = ReviewTaskResource.Create(context);
        var provenance = ProvenanceResource.Create(context, [.. findings, report, task]);

        return new(
            context.ReportId,
            [Stored(device, keepExisting: true), .. findings.Select(finding => Stored(finding)), Stored(report), Stored(task), Stored(provenance)]);
    }

    private static NewResource Stored(Resource resource, bool keepExisting = false) =>
        new(resource.TypeName, resource.Id!, FhirJson.Serialize(resource), keepExisting);
}
