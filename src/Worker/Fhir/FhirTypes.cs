using EcgIntegration.Worker.Fhir.Auditing;

namespace EcgIntegration.Worker.Fhir;

/// <summary>A resource type that is offered.</summary>
/// <param name="Name">Its name in URLs.</param>
/// <param name="Interactions">What can be done with it, in the codes of R4's TypeRestfulInteraction.</param>
internal sealed record FhirType(string Name, IReadOnlyList<string> Interactions)
{
    /// <summary>Whether an interaction is offered.</summary>
    public bool Offers(string interaction) => Interactions.Contains(interaction);
}

/// <summary>What is offered; routes and the capability statement follow from it.</summary>
internal static class FhirTypes
{
    public const string Read = "read";
    public const string ReadVersion = "vread";
    public const string InstanceHistory = "history-instance";
    public const string TypeHistory = "history-type";
    public const string Search = "search-type";
    public const string Create = "create";
    public const string Update = "update";
    public const string Delete = "delete";

    private static readonly string[] Reading = [Read, ReadVersion, InstanceHistory, TypeHistory, Search];
    private static readonly string[] Writing = [.. Reading, Create, Update, Delete];

    public static IReadOnlyList<FhirType> All { get; } =
    [
        new(AuditEvents.Type, [Read, Search]),
        new("Device", Writing),
        new("DiagnosticReport", Writing),
        new("Observation", Writing),
        new("Patient", Writing),
        new("Provenance", Writing),
        new("Task", Writing),
    ];

    /// <summary>What can be done with the whole server, in the codes of R4's SystemRestfulInteraction.</summary>
    public static IReadOnlyList<string> SystemInteractions { get; } = ["transaction", "batch"];

    /// <summary>A type by its name, or <see langword="null"/>.</summary>
    public static FhirType? Find(string name) => All.FirstOrDefault(type => type.Name == name);

    /// <summary>A type that offers an interaction, or <see langword="null"/>.</summary>
    public static FhirType? Find(string name, string interaction) => Find(name) is { } type && type.Offers(interaction) ? type : null;
}
