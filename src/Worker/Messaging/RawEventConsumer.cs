using EcgIntegration.Worker.Pipeline;
using MassTransit;

namespace EcgIntegration.Worker.Messaging;

/// <summary>Acknowledges a delivery once its outcome is durable and published; until then the broker keeps it.</summary>
internal sealed class RawEventConsumer(EventPipeline pipeline) : IConsumer<RawEvent>
{
    public Task Consume(ConsumeContext<RawEvent> context) =>
        pipeline.HandleAsync(context.Message.Body, context.Message.RoutingKey, context.CancellationToken);
}
