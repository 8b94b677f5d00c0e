using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Replay;
using EcgIntegration.Worker.Replay;
using MassTransit;

namespace EcgIntegration.Worker.Messaging;

/// <summary>What replays publish. Each task ends when the broker has the message or has refused it, or in a <see cref="TimeoutException"/>. A
/// message that arrives after all is one too many, which the replay knows how to take.</summary>
internal sealed class ReplayPublisher(ConfirmedPublisher publisher, TimeProvider time) : IReplayPublisher
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public Task PublishAsync(ReplayTicket ticket, CancellationToken cancellationToken) => InTimeAsync(ticket, cancellationToken);

    public Task PublishAsync(ReplayFinished finished, CancellationToken cancellationToken) => InTimeAsync(finished, cancellationToken);

    private async Task InTimeAsync<T>(T message, CancellationToken cancellationToken) where T : class
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await publisher.PublishAsync(message, either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("The broker has not confirmed a message of a replay in time.", e);
        }
    }

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
