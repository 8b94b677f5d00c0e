using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Worker.Terminology;
using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Suggestions.Resources;

/// <summary>
/// Which model made which resource from which version of the ECG, as the HL7 guide "AI Transparency on FHIR" describes it.
/// </summary>
internal static class ProvenanceResource
{
    /// <summary>The Provenance of a result; each study has its own.</summary>
    public static Provenance Create(StudyContext context, IReadOnlyList<NewResource> made) => new()
    {
        Id = new ResultIds(context.Request.StudyId.ToString("D")).Of("Provenance"),
        Meta = StudyContext.Meta(),
        Target = Targets(made),
        Occurred = new FhirDateTime(context.Now),
        RecordedElement = new Instant(context.Now),
        Reason = [new CodeableConcept(FhirUris.ObservationValue, "AIAST", "Artificial Intelligence asserted", null)],
        Activity = context.Replaced is null
            ? new CodeableConcept(FhirUris.DataOperation, "CREATE", "create", null)
            : new CodeableConcept(FhirUris.DataOperation, "UPDATE", "revise", null),
        Agent = [Author(context.Device, Execution(context))],
        Entity =
        [
            new() { Role = Provenance.ProvenanceEntityRole.Source, What = context.EcgVersion },
            .. Before(context.Earlier),
        ],
    };

    /// <summary>Why a result was taken back.</summary>
    public static Provenance OfWithdrawal(WithdrawRequest request, EarlierResult earlier, IReadOnlyList<NewResource> made) => new()
    {
        Id = new ResultIds($"{ResultIds.LineageOf(request.ObservationId)}/{request.ObservationVersion}").Of("Provenance"),
        Meta = StudyContext.Meta(),
        Target = Targets(made),
        Occurred = new FhirDateTime(request.Now),
        RecordedElement = new Instant(request.Now),
        Activity = new CodeableConcept(FhirUris.DataOperation, "NULLIFY", "nullify", null),
        Agent = [Author(earlier.Task?.Resource.Requester ?? new ResourceReference { Display = FhirTexts.DeviceType }, [])],
        Entity =
        [
            new()
            {
                Role = Provenance.ProvenanceEntityRole.Source,
                What = new ResourceReference($"Observation/{request.ObservationId}/_history/{request.ObservationVersion}"),
            },
            .. Before(earlier),
        ],
    };

    /// <summary>Who has settled a report; a person's doing, so that it bears no mark of the machine.</summary>
    public static Provenance OfSignature(Signature signature, IEnumerable<(Resource Resource, int Version)> targets) => new()
    {
        Id = signature.ProvenanceId,
        Target = [.. targets.Select(target => new ResourceReference($"{target.Resource.TypeName}/{target.Resource.Id}/_history/{target.Version}"))],
        Occurred = new FhirDateTime(signature.Now),
        RecordedElement = new Instant(signature.Now),
        Activity = new CodeableConcept(FhirUris.DocumentCompletion, "LA", "legally authenticated", null),
        Agent =
        [
            new()
            {
                Type = new CodeableConcept(FhirUris.ParticipantType, "verifier", "Verifier", null),
                Who = signature.Physician,
            },
        ],
        Entity =
        [
            new()
            {
                Role = Provenance.ProvenanceEntityRole.Revision,
                What = new ResourceReference($"{signature.Report.Type}/{signature.Report.Id}/_history/{signature.Report.Version}"),
            },
        ],
    };

    /// <summary>The versions that were written: the first, or the one after the one replaced.</summary>
    private static List<ResourceReference> Targets(IReadOnlyList<NewResource> made) =>
        [.. made.Select(resource => new ResourceReference($"{resource.Type}/{resource.Id}/_history/{(resource.Replaces ?? 0) + 1}"))];

    private static Provenance.AgentComponent Author(ResourceReference who, List<Extension> extensions) => new()
    {
        Type = new CodeableConcept(FhirUris.ParticipantType, "author", "Author", null),
        Role = [new CodeableConcept(FhirUris.AiDeviceType, "Artificial-Intelligence")],
        Who = who,
        Extension = extensions,
    };

    /// <summary>The report before: revised, or, where it is signed, only taken note of.</summary>
    private static IEnumerable<Provenance.EntityComponent> Before(EarlierResult? earlier)
    {
        if (earlier is not null)
        {
            yield return new()
            {
                Role = earlier.IsSigned ? Provenance.ProvenanceEntityRole.Source : Provenance.ProvenanceEntityRole.Revision,
                What = earlier.Report.Reference,
            };
        }
    }

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
