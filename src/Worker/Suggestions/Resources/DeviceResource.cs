using EcgIntegration.Worker.Terminology;
using Hl7.Fhir.Model;
using ModelInfo = EcgIntegration.Worker.Classification.ModelInfo;

namespace EcgIntegration.Worker.Suggestions.Resources;

/// <summary>One Device for each model version. It depends on nothing but the model, so it is written once and kept.</summary>
internal static class DeviceResource
{
    /// <summary>The SHA-256 itself: 64 characters are just what a FHIR id may have.</summary>
    public static string IdOf(ModelInfo model) => model.Sha256;

    public static Device Create(ModelInfo model) => new()
    {
        Id = IdOf(model),
        Meta = StudyContext.Meta(),
        Identifier = [new Identifier(FhirUris.ModelIdentifier, model.Sha256)],
        Status = Device.FHIRDeviceStatus.Active,
        DeviceName = [new() { Name = model.Name, Type = DeviceNameType.ModelName }],
        Version = [new() { Value = model.Version }],
        Type = new CodeableConcept(FhirUris.AiDeviceType, "Artificial-Intelligence", FhirTexts.DeviceType),
        Safety = [new CodeableConcept { Text = FhirTexts.Unapproved }],
        Note = [new Annotation { Text = FhirTexts.DeviceNote }],
    };
}
