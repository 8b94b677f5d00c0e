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
/// <remarks>
/// An ECG that has a result gets the next versions of the same resources, and findings that are no longer suggested are
/// withdrawn; the versions before stay readable. A report that a physician has signed is left alone: the new result gets
/// resources of its own beside it (docs/adr/0008).
/// </remarks>
internal sealed class FhirComposer(SuggestionOptions options)
{
    /// <summary>Composes the resources; the same request gives the same ids.</summary>
    public ComposedStudy Compose(ComposeRequest request)
    {
        var earlier = EarlierResult.From(request.Current);
        var context = new StudyContext(request, earlier);
        var replaced = context.Replaced;
        var findings = request.Verdict.Status is StudyStatus.Classified
            ? request.Verdict.Suggestions.Select(suggestion => FindingResource.Create(context, suggestion, options)).ToList()
            : [];
        var suggested = request.Verdict.Suggestions.Select(suggestion => suggestion.Code).ToHashSet(StringComparer.Ordinal);
        var dropped = replaced?.Findings.Where(finding => !suggested.Contains(finding.Key)).Select(finding => finding.Value).ToList() ?? [];
        var retired = dropped.Where(finding => !WithdrawnResources.IsRetired(finding.Resource)).ToList();

        var report = ReportResource.Create(context, findings);
        var task = ReviewTaskResource.Create(context);
        List<NewResource> made =
        [
            .. findings.Zip(request.Verdict.Suggestions, (finding, suggestion) =>
                Stored(finding, replaced?.Findings.GetValueOrDefault(suggestion.Code)?.Version)),
            .. retired.Select(finding => Stored(WithdrawnResources.Retired(finding.Resource), finding.Version)),
            Stored(report, replaced?.Report.Version),
            Stored(task, replaced?.Task?.Version),
        ];
        return new(
            report.Id!,
            [Stored(DeviceResource.Create(request.Model)) with { KeepExisting = true }, .. made, Stored(ProvenanceResource.Create(context, made))])
        {
            Lineage = context.Lineage,
            Carried = [.. dropped.Except(retired).Select(finding => $"Observation/{finding.Resource.Id}")],
        };
    }

    /// <summary>Takes the result of an ECG back that was entered in error.</summary>
    public static IReadOnlyList<NewResource> Withdraw(WithdrawRequest request)
    {
        var earlier = EarlierResult.From(request.Current)!;
        List<NewResource> made = earlier.IsSigned
            ? [Stored(WithdrawnResources.Warning(request, earlier))]
            :
            [
                .. earlier.Findings.Values.Select(finding => Stored(WithdrawnResources.EnteredInError(finding.Resource), finding.Version)),
                Stored(WithdrawnResources.EnteredInError(earlier.Report.Resource), earlier.Report.Version),
                .. earlier.Task is { } task ? [Stored(WithdrawnResources.Cancelled(task.Resource, request.Now), task.Version)] : Array.Empty<NewResource>(),
            ];
        return [.. made, Stored(ProvenanceResource.OfWithdrawal(request, earlier, made))];
    }

    private static NewResource Stored(Resource resource, int? replaces = null) =>
        new(resource.TypeName, resource.Id!, FhirJson.Serialize(resource), Replaces: replaces);
}
