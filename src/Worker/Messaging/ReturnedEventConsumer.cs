using EcgIntegration.Worker.Pipeline;
using MassTransit;

namespace EcgIntegration.Worker.Messaging;

/// <summary>
/// What the broker took off an intake queue. An event that its sender let expire is an ECG all the same and is read; one at
/// its delivery limit brought the process down each time, and is only recorded.
/// </summary>
internal sealed class ReturnedEventConsumer(EventPipeline pipeline, ReplayDeliveries replays) : IConsumer<RawEvent>
{
    public async Task Consume(ConsumeContext<RawEvent> context)
    {
        var delivery = context.Message;
        if (!await replays.TryTakeAsync(delivery, context.CancellationToken))
        {
            await (delivery.IsGivenUp
                ? pipeline.GiveUpAsync(delivery.Body, delivery.RoutingKey, context.CancellationToken)
                : pipeline.HandleAsync(delivery.Body, delivery.RoutingKey, context.CancellationToken));
        }
    }
}
