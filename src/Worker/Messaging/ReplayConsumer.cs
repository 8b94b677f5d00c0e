using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Pipeline;
using MassTransit;

namespace EcgIntegration.Worker.Messaging;

/// <summary>What comes over the replay queue: ECGs of replays, by name only, wishes for replays, and whatever else somebody sends there.</summary>
internal sealed class ReplayConsumer(ReplayDeliveries replays, EventPipeline pipeline, IntakeBudgets budgets) : IConsumer<RawEvent>
{
    public async Task Consume(ConsumeContext<RawEvent> context)
    {
        if (!await replays.TryTakeAsync(context.Message, context.CancellationToken))
        {
            using var share = await budgets.Of(EventPriority.Routine).TakeAsync(context.Message.Body.Length, context.CancellationToken);
            await pipeline.HandleAsync(context.Message.Body, context.Message.RoutingKey, context.CancellationToken);
        }
    }
}
