using EcgIntegration.Contracts;
using EcgIntegration.Contracts.Events;

namespace EcgIntegration.Persistence.Ledger;

/// <summary>An event that cannot be accepted.</summary>
/// <param name="EventId">The event's own id.</param>
/// <param name="SourceSystem">The publisher, or empty where the body does not say.</param>
/// <param name="OccurredAt">When it happened there.</param>
/// <param name="Priority">How soon the sender wanted it read.</param>
/// <param name="ReceivedAt">When it arrived here.</param>
/// <param name="Reasons">Why it is rejected; at least one.</param>
/// <param name="Body">The body as it came; kept, compressed, up to <see cref="Hosting.DatabaseOptions.RejectedBodyLimit"/>, beyond which only its hash and length are.</param>
public sealed record RejectedEvent(
    Guid EventId,
    string SourceSystem,
    DateTimeOffset? OccurredAt,
    EventPriority Priority,
    DateTimeOffset ReceivedAt,
    IReadOnlyList<Reason> Reasons,
    ReadOnlyMemory<byte> Body)
{
    /// <summary>It came without a usable id, so that the dead-letter queue has to be told of it.</summary>
    public bool OwesNotice { get; init; }
}
