using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Intake;

/// <summary>What the worker needs to know of an Observation beside its signal.</summary>
/// <param name="Id">The sender's logical id, where it is usable.</param>
/// <param name="Identifiers">Business identifiers, system and value, sorted.</param>
/// <param name="Subject">The patient: a reference that holds outside the Observation, without a display name.</param>
/// <param name="Effective">When it was recorded: a dateTime, Period or instant; <see langword="null"/> where unknown.</param>
/// <param name="Encounter">The encounter, by literal reference.</param>
internal sealed record EcgEnvelope(
    string? Id,
    IReadOnlyList<(string? System, string Value)> Identifiers,
    ResourceReference Subject,
    DataType? Effective,
    ResourceReference? Encounter)
{
    /// <summary>The status of an Observation that takes its ECG back, <c>entered-in-error</c> or <c>cancelled</c>; else <see langword="null"/>.</summary>
    public string? WithdrawnStatus { get; init; }
}
