using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Pipeline;
using MassTransit;

namespace EcgIntegration.Worker.Messaging;

/// <summary>Acknowledges a delivery once its outcome is durable, and published or left to the ledger; until then the broker keeps it.</summary>
internal sealed class RawEventConsumer(EventPipeline pipeline, IntakeBudgets budgets) : IConsumer<RawEvent>
{
    public async Task Consume(ConsumeContext<RawEvent> context)
    {
        using var share = await budgets.Of(EventNames.PriorityOf(context.Message.RoutingKey)).TakeAsync(context.Message.Body.Length, context.CancellationToken);
        await pipeline.HandleAsync(context.Message.Body, context.Message.RoutingKey, context.CancellationToken);
    }
}
