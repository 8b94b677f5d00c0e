using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Pipeline;

namespace EcgIntegration.Worker.Messaging;

/// <summary>What the pipeline publishes. Each task ends when the broker has the message.</summary>
internal sealed class MassTransitPublisher(ConfirmedPublisher publisher) : IOutcomePublisher
{
    public Task PublishAsync(StudyOutcome outcome, CancellationToken cancellationToken) => publisher.PublishAsync(outcome, cancellationToken);

    public Task PublishAsync(DeadLetterNotice notice, CancellationToken cancellationToken) => publisher.PublishAsync(notice, cancellationToken);
}
