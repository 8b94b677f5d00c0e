using EcgIntegration.Worker.Terminology;
using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Suggestions.Resources;

/// <summary>
/// A report as a physician has settled it. The conclusion is the physician's; what the machine had said stays beside it, under a
/// name of its own, and the mark AIAST stays because the findings are the machine's.
/// </summary>
internal static class SignedReport
{
    private const string Notice = $"【{FhirTexts.Notice}】";

    public static DiagnosticReport Of(DiagnosticReport report, Signature signature)
    {
        var suggested = (report.Conclusion ?? "").Replace(Notice, "", StringComparison.Ordinal);
        report.Status = DiagnosticReport.DiagnosticReportStatus.Final;
        report.Conclusion = signature.Conclusion;
        report.IssuedElement = new Instant(signature.Now);
        report.ResultsInterpreter = [signature.Physician];
        report.Extension.RemoveAll(extension => extension.Url == FhirUris.AiConclusionExtension);
        report.Extension.Add(new Extension(FhirUris.AiConclusionExtension, new FhirString(suggested)));
        report.Text = Narratives.Of(
            FhirTexts.SignedReportTitle,
            [.. signature.Conclusion.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), FhirTexts.Signed, $"{FhirTexts.AiPart}{suggested}"]);
        return report;
    }
}
