namespace EcgIntegration.Worker.Terminology;

/// <summary>
/// The systems and profiles that resources name, for all that write or describe them. Those of this product are listed in
/// <c>docs/fhir-output.md</c>.
/// </summary>
internal static class FhirUris
{
    /// <summary>What every URI of this product begins with.</summary>
    public const string Own = "urn:ecg-integration:";

    /// <summary>Codes of the model bundle's label catalogue.</summary>
    public const string Labels = "urn:ecg-integration:label";

    /// <summary>Codes <c>probability</c> and <c>threshold</c> of a finding's components.</summary>
    public const string Components = "urn:ecg-integration:component";

    /// <summary>Code <c>physician-review</c> of a Task.</summary>
    public const string Tasks = "urn:ecg-integration:task";

    /// <summary>Identifier of a model version: its SHA-256.</summary>
    public const string ModelIdentifier = "urn:ecg-integration:model-sha256";

    /// <summary>Identifier of a study.</summary>
    public const string StudyIdentifier = "urn:ecg-integration:study";

    /// <summary>What the inputs and outputs of a replay's Task are.</summary>
    public const string Replay = "urn:ecg-integration:replay";

    /// <summary>Identifier of a replay: the key it was submitted under.</summary>
    public const string ReplayKey = "urn:ecg-integration:replay-key";

    /// <summary>The operation <c>$replay</c>.</summary>
    public const string ReplayOperation = "urn:ecg-integration:operation:replay";

    /// <summary>What is wrong with a request, in an OperationOutcome; the codes are those of <c>docs/reason-codes.md</c>.</summary>
    public const string Problems = "urn:ecg-integration:problem";

    /// <summary>The operation <c>POST /fhir/$replay-preview</c>.</summary>
    public const string ReplayPreviewOperation = "urn:ecg-integration:operation:replay-preview";

    /// <summary>Extension of Provenance.agent: how the model ran.</summary>
    public const string ExecutionExtension = "urn:ecg-integration:extension:execution";

    /// <summary>Extension of a signed DiagnosticReport: what the machine had concluded.</summary>
    public const string AiConclusionExtension = "urn:ecg-integration:extension:ai-conclusion";

    /// <summary>The operation <c>$sign</c> of a DiagnosticReport.</summary>
    public const string SignOperation = "urn:ecg-integration:operation:sign";

    /// <summary>What a signature does to a document.</summary>
    public const string DocumentCompletion = "http://terminology.hl7.org/CodeSystem/v3-DocumentCompletion";

    public const string JpDiagnosticReport = "http://jpfhir.jp/fhir/core/StructureDefinition/JP_DiagnosticReport_Common";
    public const string JpObservation = "http://jpfhir.jp/fhir/core/StructureDefinition/JP_Observation_Common";
    public const string JpDocumentCodes = "http://jpfhir.jp/fhir/core/CodeSystem/JP_DocumentCodes_CS";
    public const string JpObservationCategory = "http://jpfhir.jp/fhir/core/CodeSystem/JP_SimpleObservationCategory_CS";

    /// <summary>Device types of the HL7 guide "AI Transparency on FHIR".</summary>
    public const string AiDeviceType = "http://hl7.org/fhir/uv/aitransparency/CodeSystem/AIdeviceTypeCS";

    /// <summary>The R5 element DiagnosticReport.supportingInfo as an R4 extension.</summary>
    public const string SupportingInfo = "http://hl7.org/fhir/5.0/StructureDefinition/extension-DiagnosticReport.supportingInfo";

    public const string ObservationValue = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";
    public const string Interpretation = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";
    public const string DiagnosticService = "http://terminology.hl7.org/CodeSystem/v2-0074";
    public const string ParticipantType = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
    public const string DataOperation = "http://terminology.hl7.org/CodeSystem/v3-DataOperation";
    public const string Snomed = "http://snomed.info/sct";
    public const string Ucum = "http://unitsofmeasure.org";
}
