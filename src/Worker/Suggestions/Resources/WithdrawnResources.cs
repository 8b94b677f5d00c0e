using EcgIntegration.Worker.Terminology;
using Hl7.Fhir.Model;
using Task = Hl7.Fhir.Model.Task;

namespace EcgIntegration.Worker.Suggestions.Resources;

/// <summary>What becomes of resources whose result no longer holds. Their earlier versions stay readable.</summary>
internal static class WithdrawnResources
{
    /// <summary>True where a finding is withdrawn already.</summary>
    public static bool IsRetired(Observation finding) =>
        finding.Status is ObservationStatus.Cancelled or ObservationStatus.EnteredInError;

    /// <summary>A finding that the next result of the same ECG no longer suggests.</summary>
    public static Observation Retired(Observation finding) => Closed(finding, ObservationStatus.Cancelled, FhirTexts.RetiredFinding);

    /// <summary>A finding whose ECG was entered in error.</summary>
    public static Observation EnteredInError(Observation finding) =>
        Closed(finding, ObservationStatus.EnteredInError, FhirTexts.WithdrawnEcg);

    /// <summary>A report whose ECG was entered in error.</summary>
    public static DiagnosticReport EnteredInError(DiagnosticReport report)
    {
        report.Status = DiagnosticReport.DiagnosticReportStatus.EnteredInError;
        report.Conclusion = $"【{FhirTexts.WithdrawnEcg}】{report.Conclusion}";
        report.Text = Narratives.Of(FhirTexts.ReportTitle, [FhirTexts.WithdrawnEcg, FhirTexts.Notice]);
        return report;
    }

    /// <summary>The review of a result that was taken back.</summary>
    public static Task Cancelled(Task task, DateTimeOffset now)
    {
        task.Status = Task.TaskStatus.Cancelled;
        task.StatusReason = new CodeableConcept { Text = FhirTexts.WithdrawnEcg };
        task.LastModifiedElement = new FhirDateTime(now);
        return task;
    }

    /// <summary>Asks a physician to look at a signed report whose ECG was entered in error.</summary>
    public static Task Warning(WithdrawRequest request, EarlierResult earlier)
    {
        var report = earlier.Report.Resource;
        return new()
        {
            Id = new ResultIds($"{ResultIds.LineageOf(request.ObservationId)}/{request.ObservationVersion}").Of("Task"),
            Meta = StudyContext.Meta(),
            Status = Task.TaskStatus.Requested,
            Intent = Task.TaskIntent.Proposal,
            Priority = RequestPriority.Asap,
            Code = new CodeableConcept(FhirUris.Tasks, "physician-review", FhirTexts.ReviewCode),
            Description = FhirTexts.SignedReportOfWithdrawnEcg,
            Focus = new ResourceReference($"DiagnosticReport/{report.Id}"),
            For = report.Subject,
            Encounter = report.Encounter,
            AuthoredOnElement = new FhirDateTime(request.Now),
            LastModifiedElement = new FhirDateTime(request.Now),
            Requester = earlier.Task?.Resource.Requester,
            PerformerType = [new CodeableConcept { Text = FhirTexts.Physician }],
        };
    }

    private static Observation Closed(Observation finding, ObservationStatus status, string why)
    {
        finding.Status = status;
        finding.Note = [.. finding.Note, new Annotation { Text = why }];
        finding.Text = Narratives.Of(FhirTexts.FindingTitle, [why, FhirTexts.Notice]);
        return finding;
    }
}
