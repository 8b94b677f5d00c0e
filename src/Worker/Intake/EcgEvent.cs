using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;

namespace EcgIntegration.Worker.Intake;

/// <summary>A well-formed event: an ECG, or the name of a stored one.</summary>
/// <param name="EventId">The sender's id.</param>
/// <param name="SourceSystem">The sender's name.</param>
/// <param name="OccurredAt">When it happened there.</param>
/// <param name="Priority">The more urgent of body and routing key; routine for a replay.</param>
/// <param name="Observation">FHIR Observation as UTF-8 JSON; empty where <paramref name="StoredObservationId"/> is given.</param>
/// <param name="StoredObservationId">Logical id of a stored Observation.</param>
internal sealed record EcgEvent(
    Guid EventId,
    string SourceSystem,
    DateTimeOffset? OccurredAt,
    EventPriority Priority,
    ReadOnlyMemory<byte> Observation,
    string? StoredObservationId);

/// <summary>An event that cannot be taken.</summary>
/// <param name="EventId">Its own id, or one derived from the body where it has no usable one.</param>
/// <param name="EventIdUsable">False where the id is derived: the sender cannot match the outcome, so the event is dead-lettered too.</param>
/// <param name="SourceSystem">The sender's name, as far as it can be read.</param>
/// <param name="Priority">The more urgent of body and routing key, as far as it can be read.</param>
/// <param name="Reasons">Why; at least one.</param>
internal sealed record RefusedEvent(
    Guid EventId,
    bool EventIdUsable,
    string SourceSystem,
    EventPriority Priority,
    IReadOnlyList<Reason> Reasons);
