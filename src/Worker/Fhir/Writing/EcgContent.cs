using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Fhir.Writing.Validation;
using EcgIntegration.Worker.Pipeline;
using Hl7.Fhir.Model;

namespace EcgIntegration.Worker.Fhir.Writing;

/// <summary>What of a resource concerns triage: whether it is an ECG, or takes one back, and how soon it is wanted.</summary>
/// <param name="HasSamples">It has <c>valueSampledData</c>, in its value or a component.</param>
/// <param name="IsWithdrawal">Its status says that it was entered in error, or never was.</param>
/// <param name="Priority">How soon the client wants it read.</param>
internal sealed record EcgContent(bool HasSamples, bool IsWithdrawal, EventPriority Priority)
{
    private const string PrioritySystem = "http://terminology.hl7.org/CodeSystem/v3-ActPriority";
    private const string Stat = "S";

    /// <summary>Of what is no Observation.</summary>
    private static readonly EcgContent None = new(HasSamples: false, IsWithdrawal: false, EventPriority.Routine);

    /// <summary>Whether it is to be triaged.</summary>
    public bool IsForTriage => HasSamples && !IsWithdrawal;

    /// <summary>Looks at a resource.</summary>
    public static EcgContent Of(Resource? resource) => resource is not Observation observation
        ? None
        : new(
            observation.Value is SampledData || observation.Component.Exists(component => component.Value is SampledData),
            observation.Status is ObservationStatus.EnteredInError or ObservationStatus.Cancelled,
            observation.Meta?.Tag.Exists(tag => tag.System == PrioritySystem && tag.Code == Stat) == true ? EventPriority.Stat : EventPriority.Routine);

    /// <summary>What an event with this ECG would be rejected for; nothing where it can be read.</summary>
    /// <param name="json">The Observation, UTF-8.</param>
    /// <param name="place">Where it stands in the request.</param>
    public static IReadOnlyList<FhirProblem> Examine(ReadOnlyMemory<byte> json, ElementPlace place) =>
        IncomingEcg.TryRead(json, out _, out var reasons)
            ? []
            : [.. reasons.Select(reason => WriteProblems.Of(reason, place.Of(PathOf(reason))))];

    /// <summary>Reasons name elements from the Observation or from the event on.</summary>
    private static string PathOf(Reason reason) => reason.Where switch
    {
        null or "" or "observation" or nameof(Observation) => nameof(Observation),
        var where when where.StartsWith("Observation.", StringComparison.Ordinal) => where,
        var where when where.StartsWith("observation.", StringComparison.Ordinal) => nameof(Observation) + where["observation".Length..],
        var where => $"{nameof(Observation)}.{where}",
    };
}
