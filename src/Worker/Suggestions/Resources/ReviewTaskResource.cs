using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Terminology;
using Task = Hl7.Fhir.Model.Task;
using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Suggestions.Resources;

/// <summary>The request that a physician read the ECG and settle the report.</summary>
internal static class ReviewTaskResource
{
    public static Task Create(StudyContext context) => new()
    {
        Id = context.Replaced?.Task?.Resource.Id ?? context.Ids.Of("Task"),
        Meta = StudyContext.Meta(),
        Identifier = [context.StudyIdentifier],
        Status = Task.TaskStatus.Requested,
        // A machine proposes; what is ordered is for people to say.
        Intent = Task.TaskIntent.Proposal,
        Priority = Priority(context.Request.Verdict.Urgency, context.Request.Priority),
        Code = new CodeableConcept(FhirUris.Tasks, "physician-review", FhirTexts.ReviewCode),
        Description = FhirTexts.ReviewDescription(context.Request.Verdict),
        Focus = new ResourceReference($"DiagnosticReport/{context.ReportId}"),
        For = context.Subject,
        Encounter = context.Encounter,
        AuthoredOnElement = new FhirDateTime(context.Now),
        LastModifiedElement = new FhirDateTime(context.Now),
        Requester = context.Device,
        PerformerType = [new CodeableConcept { Text = FhirTexts.Physician }],
        Input = [new() { Type = new CodeableConcept { Text = FhirTexts.AnalysedEcg }, Value = context.Ecg }],
    };

    /// <summary>
    /// One step of priority for each step of urgency. An ECG sent as stat is read as soon as possible even where nothing
    /// urgent was found: the sender knows the patient, the model does not.
    /// </summary>
    internal static RequestPriority Priority(Urgency urgency, EventPriority sent) => (urgency, sent) switch
    {
        (Urgency.Critical, _) => RequestPriority.Stat,
        (Urgency.Urgent, _) or (_, EventPriority.Stat) => RequestPriority.Asap,
        (Urgency.Review, _) => RequestPriority.Urgent,
        _ => RequestPriority.Routine,
    };
}
