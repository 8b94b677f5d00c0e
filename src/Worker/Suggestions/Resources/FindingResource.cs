using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Terminology;
using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Suggestions.Resources;

/// <summary>One suggestion as a preliminary Observation (JP_Observation_Common) derived from the ECG.</summary>
internal static class FindingResource
{
    public static Observation Create(StudyContext context, Suggestion suggestion, SuggestionOptions options) => new()
    {
        Id = context.Replaced?.Findings.GetValueOrDefault(suggestion.Code)?.Resource.Id ?? context.Ids.Of("Observation", suggestion.Code),
        Meta = StudyContext.Meta(FhirUris.JpObservation),
        Text = Narratives.Of(FhirTexts.FindingTitle, [FhirTexts.FindingLine(suggestion), FhirTexts.Notice]),
        Status = ObservationStatus.Preliminary,
        Category = [new CodeableConcept(FhirUris.JpObservationCategory, "procedure", "Procedure", null)],
        Code = Code(suggestion, options),
        Subject = context.Subject,
        Encounter = context.Encounter,
        Effective = context.Effective(),
        IssuedElement = new Instant(context.Now),
        Interpretation = Interpretation(suggestion),
        Note = [new Annotation { Text = FhirTexts.Notice }],
        Device = context.Device,
        DerivedFrom = [context.Ecg],
        Component =
        [
            Component("probability", FhirTexts.Probability, suggestion.Probability),
            Component("threshold", FhirTexts.Threshold, suggestion.Threshold),
        ],
    };

    private static CodeableConcept Code(Suggestion suggestion, SuggestionOptions options)
    {
        var code = new CodeableConcept(FhirUris.Labels, suggestion.Code, suggestion.En, suggestion.Ja);
        if (options.Snomed && suggestion.Snomed is { } concept)
        {
            code.Coding.Add(new Coding(FhirUris.Snomed, concept));
        }

        return code;
    }

    private static List<CodeableConcept> Interpretation(Suggestion suggestion) => suggestion switch
    {
        { Code: "NORM" } => [Interpreted("N", "Normal")],
        { Urgency: Urgency.Critical } => [Interpreted("AA", "Critical abnormal")],
        { Urgency: Urgency.Urgent or Urgency.Review } => [Interpreted("A", "Abnormal")],
        _ => [],
    };

    private static CodeableConcept Interpreted(string code, string display) =>
        new(FhirUris.Interpretation, code, display, null);

    private static Observation.ComponentComponent Component(string code, string text, double share) => new()
    {
        Code = new CodeableConcept(FhirUris.Components, code, text),
        Value = new Quantity(Rounded(share), "1", FhirUris.Ucum) { Unit = "1" },
    };

    /// <summary>Four decimals, and never a certainty that a model cannot have.</summary>
    private static decimal Rounded(double share) => Math.Clamp(Math.Round((decimal)share, 4), 0.0001m, 0.9999m);
}
