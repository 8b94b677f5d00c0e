using EcgIntegration.Worker.Pipeline;
using MassTransit;

namespace EcgIntegration.Worker.Messaging;

/// <summary>
/// What the broker took off an intake queue. An event that its sender let expire is an ECG all the same and is read; one at
/// its delivery limit brought the process down each time, and is only recorded.
/// </summary>
internal sealed class ReturnedEventConsumer(EventPipeline pipeline) : IConsumer<RawEvent>
{
    public Task Consume(ConsumeContext<RawEvent> context) => context.Message.IsGivenUp
        ? pipeline.GiveUpAsync(context.Message.Body, context.Message.RoutingKey, context.CancellationToken)
        : pipeline.HandleAsync(context.Message.Body, context.Message.RoutingKey, context.CancellationToken);
}
