using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Pipeline;
using EcgIntegration.Worker.Replay;
using MassTransit;

namespace EcgIntegration.Worker.Messaging;

/// <summary>
/// What comes over the replay queue: ECGs of replays, by name only, and wishes for replays. Anything else is taken as an
/// event and answered as one.
/// </summary>
internal sealed class ReplayConsumer(ReplayProcessor replay, ReplayRequests requests, EventPipeline pipeline) : IConsumer<RawEvent>
{
    public async Task Consume(ConsumeContext<RawEvent> context)
    {
        var delivery = context.Message;
        if (delivery.RoutingKey == EventNames.ReplayRequested)
        {
            if (!await requests.TryHandleAsync(delivery.Body, context.CancellationToken))
            {
                await pipeline.HandleAsync(delivery.Body, delivery.RoutingKey, context.CancellationToken);
            }
        }
        else if (ReplayMessages.TryReadTicket(delivery.Body, out var ticket))
        {
            await replay.HandleAsync(ticket, context.CancellationToken);
        }
        else
        {
            await pipeline.HandleAsync(delivery.Body, delivery.RoutingKey, context.CancellationToken);
        }
    }
}
