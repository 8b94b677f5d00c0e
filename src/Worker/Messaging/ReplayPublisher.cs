using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Worker.Replay;
using MassTransit;

namespace EcgIntegration.Worker.Messaging;

/// <summary>Publishes with publisher confirms: the task ends when the broker has the message, or in a <see cref="TimeoutException"/>. A
/// message that arrives after all is one too many, which the replay knows how to take.</summary>
internal sealed class ReplayPublisher(IBus bus, TimeProvider time) : IReplayPublisher
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public Task PublishAsync(ReplayTicket ticket, CancellationToken cancellationToken) =>
        bus.Publish(ticket, cancellationToken).WaitAsync(Patience, time, cancellationToken);

    public Task PublishAsync(ReplayFinished finished, CancellationToken cancellationToken) =>
        bus.Publish(finished, cancellationToken).WaitAsync(Patience, time, cancellationToken);

    /// <summary>Both go over the exchange of all events.</summary>
    public static void Configure(IRabbitMqBusFactoryConfigurator bus)
    {
        bus.Message<ReplayTicket>(message => message.SetEntityName(EventNames.Exchange));
        bus.Publish<ReplayTicket>(publish => publish.ExchangeType = RabbitMQ.Client.ExchangeType.Topic);
        bus.Send<ReplayTicket>(send => send.UseRoutingKeyFormatter(_ => EventNames.Replay));
        bus.Message<ReplayFinished>(message => message.SetEntityName(EventNames.Exchange));
        bus.Publish<ReplayFinished>(publish => publish.ExchangeType = RabbitMQ.Client.ExchangeType.Topic);
        bus.Send<ReplayFinished>(send => send.UseRoutingKeyFormatter(_ => EventNames.ReplayFinished));
    }
}
