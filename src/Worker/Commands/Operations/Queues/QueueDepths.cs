using EcgIntegration.LocalServers;
using EcgIntegration.Worker.Commands.Local;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace EcgIntegration.Worker.Commands.Operations.Queues;

/// <summary>What the broker says of its queues.</summary>
internal static class QueueDepths
{
    /// <summary>Ready messages and consumers, or <see langword="null"/> where the broker has no such queue.</summary>
    /// <remarks>Asking for a queue that is not there closes the channel: each question has one of its own.</remarks>
    public static async Task<QueueDeclareOk?> AskAsync(IConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        try
        {
            return await channel.QueueDeclarePassiveAsync(name, cancellationToken);
        }
        catch (OperationInterruptedException)
        {
            return null;
        }
    }

    /// <summary>Unacknowledged messages by queue, where the broker is the private one: AMQP itself does not tell.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> UnacknowledgedAsync(string address, CancellationToken cancellationToken)
    {
        if (PrivateRabbitMq.FindRunning(LocalStack.RabbitMqFolder) is not { } own || own.AmqpUri.OriginalString != address)
        {
            return new Dictionary<string, long>();
        }

        try
        {
            return (await own.ListQueuesAsync(cancellationToken)).ToDictionary(queue => queue.Name, queue => queue.Unacknowledged);
        }
        catch (PrivateServerException)
        {
            // One column less is no reason to show nothing.
            return new Dictionary<string, long>();
        }
    }
}
