using EcgIntegration.Worker.Terminology;
using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Suggestions.Resources;

/// <summary>The preliminary report (JP_DiagnosticReport_Common), with or without findings.</summary>
internal static class ReportResource
{
    public static DiagnosticReport Create(StudyContext context, IReadOnlyList<Observation> findings)
    {
        var verdict = context.Request.Verdict;
        List<string> history = [.. FhirTexts.History(context.Earlier, context.Request.StudyId)];
        return new()
        {
            Id = context.ReportId,
            Meta = StudyContext.Meta(FhirUris.JpDiagnosticReport),
            Language = "ja",
            Text = Narratives.Of(
                FhirTexts.ReportTitle, [FhirTexts.Notice, .. FhirTexts.ReportLines(verdict), .. history, FhirTexts.Model(context.Request.Model)]),
            Extension = [Ecg(context)],
            Identifier = [context.StudyIdentifier],
            Status = DiagnosticReport.DiagnosticReportStatus.Preliminary,
            Category = [new CodeableConcept(FhirUris.DiagnosticService, "EC", "Electrocardiac (e.g., EKG, EEC, Holter)", null)],
            Code = new CodeableConcept(FhirUris.JpDocumentCodes, "28010-7", "心電図報告書", "心電図報告書"),
            Subject = context.Subject,
            Encounter = context.Encounter,
            Effective = context.Effective(),
            IssuedElement = new Instant(context.Now),
            Result = [.. findings.Select(finding => new ResourceReference($"Observation/{finding.Id}"))],
            Conclusion = FhirTexts.Conclusion(verdict, history),
        };
    }

    /// <summary>The way from a report without findings to its ECG; R4 has no element for it.</summary>
    private static Extension Ecg(StudyContext context) => new()
    {
        Url = FhirUris.SupportingInfo,
        Extension =
        [
            new Extension("type", new CodeableConcept { Text = FhirTexts.AnalysedEcg }),
            new Extension("reference", context.Ecg),
        ],
    };
}
