using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Operations;

namespace EcgIntegration.Worker.Commands.Operations.Queues;

/// <summary>One queue, and the ledger's figures for the priority it stands for.</summary>
/// <param name="Queue">Its name.</param>
/// <param name="Declared">Whether the broker has it.</param>
/// <param name="MessageCount">As <paramref name="Ready"/>; the field's older name.</param>
/// <param name="ConsumerCount">Those who read from it.</param>
/// <param name="Ready">Messages that wait to be delivered.</param>
/// <param name="Unacknowledged">Messages delivered and not acknowledged; AMQP does not tell, the private broker does.</param>
/// <param name="Priority">The ledger's priority of what comes through it; <see langword="null"/> where it has none of its own.</param>
/// <param name="ReceivedPerMinute">Events of that priority taken from the broker.</param>
/// <param name="FinishedPerMinute">Events of that priority whose outcome became durable.</param>
/// <param name="Undecided">Events of that priority in the ledger that are received and not final.</param>
/// <param name="OldestWaiting">When the oldest of them was received.</param>
internal sealed record QueueLine(
    string Queue,
    bool Declared,
    uint? MessageCount,
    uint? ConsumerCount,
    uint? Ready,
    long? Unacknowledged,
    EventPriority? Priority,
    RecentRate? ReceivedPerMinute,
    RecentRate? FinishedPerMinute,
    long? Undecided,
    DateTimeOffset? OldestWaiting);
