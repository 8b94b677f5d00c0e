using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Worker.Suggestions.Resources;
using Hl7.Fhir.Model;
using static Hl7.Fhir.Model.DiagnosticReport;
using Task = Hl7.Fhir.Model.Task;

namespace EcgIntegration.Worker.Suggestions;

/// <summary>
/// Composes what a physician's signature makes of a preliminary report: the only way to <c>final</c>. From then on the report
/// is accompanied by later results, never replaced (docs/adr/0008).
/// </summary>
internal static class ReportSigner
{
    private static readonly Task.TaskStatus[] Closed =
        [Task.TaskStatus.Completed, Task.TaskStatus.Cancelled, Task.TaskStatus.Failed, Task.TaskStatus.Rejected, Task.TaskStatus.EnteredInError];

    /// <summary>Where a report stands.</summary>
    public static ReportState StateOf(StoredResource report) => (Report(report).Status) switch
    {
        DiagnosticReportStatus.Registered or DiagnosticReportStatus.Partial or DiagnosticReportStatus.Preliminary => ReportState.Open,
        DiagnosticReportStatus.EnteredInError or DiagnosticReportStatus.Cancelled => ReportState.Withdrawn,
        _ => ReportState.Signed,
    };

    /// <summary>The study that a report is the result of; <see langword="null"/> for one that is not this system's.</summary>
    public static Guid? StudyOf(StoredResource report) => Report(report).Identifier
        .Where(identifier => identifier.System == Terminology.FhirUris.StudyIdentifier)
        .Select(identifier => Guid.TryParse(identifier.Value, out var id) ? id : (Guid?)null)
        .FirstOrDefault(id => id is not null);

    /// <summary>Whether a Task waits for somebody.</summary>
    public static bool IsOpen(StoredResource task) => FhirJson.Parse(task.Json) is Task { Status: { } status } && !Closed.Contains(status);

    /// <summary>Composes the resources.</summary>
    public static SignedResources Sign(Signature signature)
    {
        var report = SignedReport.Of(Report(signature.Report), signature);
        var task = signature.Task is { } open ? Completed((Task)FhirJson.Parse(open.Json), signature.Now) : null;
        List<(Resource Resource, int Version)> targets = [(report, signature.Report.Version + 1)];
        if (task is not null)
        {
            targets.Add((task, signature.Task!.Version + 1));
        }

        return new(
            Stored(report, signature.Report.Version),
            task is null ? null : Stored(task, signature.Task!.Version),
            Stored(ProvenanceResource.OfSignature(signature, targets), null));
    }

    private static DiagnosticReport Report(StoredResource report) => (DiagnosticReport)FhirJson.Parse(report.Json);

    private static Task Completed(Task task, DateTimeOffset now)
    {
        task.Status = Task.TaskStatus.Completed;
        task.LastModifiedElement = new FhirDateTime(now);
        return task;
    }

    private static NewResource Stored(Resource resource, int? replaces) =>
        new(resource.TypeName, resource.Id!, FhirJson.Serialize(resource), Replaces: replaces);
}

/// <summary>Where a report stands.</summary>
internal enum ReportState
{
    /// <summary>It waits for a physician.</summary>
    Open,

    /// <summary>A physician has settled it.</summary>
    Signed,

    /// <summary>It was taken back.</summary>
    Withdrawn,
}
