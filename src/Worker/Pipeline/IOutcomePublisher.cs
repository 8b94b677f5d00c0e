using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Messaging;

namespace EcgIntegration.Worker.Pipeline;

/// <summary>What the pipeline asks of the broker.</summary>
internal interface IOutcomePublisher
{
    /// <summary>Publishes a final outcome; returns when the broker has confirmed it.</summary>
    /// <exception cref="OutcomeRefusedException">The broker refused it.</exception>
    Task PublishAsync(StudyOutcome outcome, CancellationToken cancellationToken);

    /// <summary>Puts a notice on the dead-letter queue; returns when the broker has confirmed it.</summary>
    /// <exception cref="OutcomeRefusedException">The broker refused it.</exception>
    Task PublishAsync(DeadLetterNotice notice, CancellationToken cancellationToken);
}
