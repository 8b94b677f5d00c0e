using MassTransit;

namespace EcgIntegration.Worker.Messaging;

/// <summary>Publishes with publisher confirms: the task ends when the broker has the message, or has refused it.</summary>
internal sealed class ConfirmedPublisher(IBus bus, Refusals refusals)
{
    /// <summary>Publishes a message.</summary>
    /// <exception cref="Pipeline.OutcomeRefusedException">The broker refused it.</exception>
    public async Task PublishAsync<T>(T message, CancellationToken cancellationToken) where T : class
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
        throw new Pipeline.OutcomeRefusedException();
    }
}
