namespace EcgIntegration.Worker.Fhir;

/// <summary>A resource type that can be read.</summary>
/// <param name="Name">Its name in URLs.</param>
/// <param name="SearchableByPatient">Whether it can be searched by patient.</param>
internal sealed record FhirType(string Name, bool SearchableByPatient);

/// <summary>What the store holds; routes and the capability statement follow from it.</summary>
internal static class FhirTypes
{
    public static IReadOnlyList<FhirType> All { get; } =
    [
        new("Device", SearchableByPatient: false),
        new("DiagnosticReport", SearchableByPatient: true),
        new("Observation", SearchableByPatient: true),
        new("Provenance", SearchableByPatient: false),
        new("Task", SearchableByPatient: true),
    ];

    public static FhirType? Find(string name) => All.FirstOrDefault(type => type.Name == name);
}
