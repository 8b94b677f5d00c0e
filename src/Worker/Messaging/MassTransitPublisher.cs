using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Pipeline;
using MassTransit;

namespace EcgIntegration.Worker.Messaging;

/// <summary>Publishes with publisher confirms: the task ends when the broker has the message, or has refused it.</summary>
internal sealed class MassTransitPublisher(IBus bus, Refusals refusals) : IOutcomePublisher
{
    public Task PublishAsync(StudyOutcome outcome, CancellationToken cancellationToken) => ConfirmedAsync(outcome, cancellationToken);

    public Task PublishAsync(DeadLetterNotice notice, CancellationToken cancellationToken) => ConfirmedAsync(notice, cancellationToken);

    private async Task ConfirmedAsync<T>(T message, CancellationToken cancellationToken) where T : class
    {
        var id = NewId.NextGuid();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var watch = refusals.Watch(id);
        var publishing = bus.Publish(message, context => context.MessageId = id, stop.Token);
        if (await Task.WhenAny(publishing, watch.Refused) == publishing)
        {
            await publishing;
            return;
        }

        // MassTransit takes a refusal for a lost connection and would send the message again and again.
        await stop.CancelAsync();
        _ = publishing.ContinueWith(ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        throw new OutcomeRefusedException();
    }
}
