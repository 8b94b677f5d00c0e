using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Replay;

namespace EcgIntegration.Worker.Messaging;

/// <summary>Tells what is of a replay from what is an event like any other, on every queue where it can turn up.</summary>
internal sealed class ReplayDeliveries(ReplayProcessor replay, ReplayRequests requests)
{
    /// <summary>Takes an ECG of a replay, or a wish for one.</summary>
    /// <returns>False for anything else, which is to be taken as an event and answered as one.</returns>
    public async Task<bool> TryTakeAsync(RawEvent delivery, CancellationToken cancellationToken)
    {
        if (ReplayMessages.TryReadTicket(delivery.Body, out var ticket))
        {
            // One that the broker gave up is not lost: its lease runs out, and its attempts are counted.
            await (delivery.IsGivenUp ? Task.CompletedTask : replay.HandleAsync(ticket, cancellationToken));
            return true;
        }

        return delivery is { RoutingKey: EventNames.ReplayRequested, IsGivenUp: false }
            && await requests.TryHandleAsync(delivery.Body, cancellationToken);
    }
}
