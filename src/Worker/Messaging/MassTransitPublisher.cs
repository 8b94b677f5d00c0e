using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Pipeline;
using MassTransit;

namespace EcgIntegration.Worker.Messaging;

/// <summary>Publishes with publisher confirms: the task ends when the broker has the message.</summary>
internal sealed class MassTransitPublisher(IBus bus) : IOutcomePublisher
{
    public Task PublishAsync(StudyOutcome outcome, CancellationToken cancellationToken) =>
        bus.Publish(outcome, cancellationToken);

    public Task PublishAsync(DeadLetterNotice notice, CancellationToken cancellationToken) =>
        bus.Publish(notice, cancellationToken);
}
