using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Suggestions.Resources;

/// <summary>
/// Which model made which resource from which version of the ECG, as the HL7 guide "AI Transparency on FHIR" describes it.
/// </summary>
internal static class ProvenanceResource
{
    public static Provenance Create(StudyContext context, IReadOnlyList<Resource> made) => new()
    {
        Id = context.Ids.Of("Provenance"),
        Meta = StudyContext.Meta(),
        // Ids belong to this study and model alone, so what is written is always the first version.
        Target = [.. made.Select(resource => new ResourceReference($"{resource.TypeName}/{resource.Id}/_history/1"))],
        Occurred = new FhirDateTime(context.Now),
        RecordedElement = new Instant(context.Now),
        Reason = [new CodeableConcept(FhirUris.ObservationValue, "AIAST", "Artificial Intelligence asserted", null)],
        Activity = new CodeableConcept(FhirUris.DataOperation, "CREATE", "create", null),
        Agent =
        [
            new()
            {
                Type = new CodeableConcept(FhirUris.ParticipantType, "author", "Author", null),
                Role = [new CodeableConcept(FhirUris.AiDeviceType, "Artificial-Intelligence")],
                Who = context.Device,
                Extension = Execution(context),
            },
        ],
        Entity = [new() { Role = Provenance.ProvenanceEntityRole.Source, What = context.EcgVersion }],
    };

    private static List<Extension> Execution(StudyContext context) => context.Request.Execution is not { } execution
        ? []
        :
        [
            new Extension
            {
                Url = FhirUris.ExecutionExtension,
                Extension =
                [
                    new Extension("provider", new FhirString(execution.Provider)),
                    new Extension("precision", new FhirString(execution.Precision)),
                    new Extension("batchSize", new PositiveInt(execution.BatchSize)),
                ],
            },
        ];
}
