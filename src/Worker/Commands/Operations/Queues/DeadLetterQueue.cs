using System.Globalization;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Worker.Commands.Local;
using EcgIntegration.Worker.Messaging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace EcgIntegration.Worker.Commands.Operations.Queues;

/// <summary>
/// The dead-letter queue, walked without consuming it: what is not taken goes back in its order. A message is acknowledged
/// only after the broker has confirmed its copy elsewhere, so that a kill at any moment leaves it at least once.
/// </summary>
internal sealed class DeadLetterQueue : IAsyncDisposable
{
    /// <summary>
    /// Returning a message counts as a delivery, and RabbitMQ 4 drops one from a queue without a dead-letter exchange after
    /// 20 of them. So a message that was looked at this often is replaced by a fresh copy at the end of the queue.
    /// </summary>
    private const long RenewAfter = 10;

    private readonly IConnection _connection;
    private readonly IChannel _channel;

    private DeadLetterQueue(IConnection connection, IChannel channel)
    {
        _connection = connection;
        _channel = channel;
    }

    /// <summary>Connects.</summary>
    /// <exception cref="CommandException">The broker cannot be reached.</exception>
    public static async Task<DeadLetterQueue> OpenAsync(string address, CancellationToken cancellationToken)
    {
        var connection = await BrokerConnection.OpenAsync(address, "ecg-queues", cancellationToken);
        var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken);
        return new(connection, channel);
    }

    /// <summary>Shows dead letters, the oldest first, to somebody who may take them.</summary>
    /// <param name="limit">Most of them; no more than lie there now.</param>
    /// <param name="takeAsync">Returns true once the message is safe elsewhere: it is then acknowledged.</param>
    /// <param name="cancellationToken">Ends the walk; what is not acknowledged goes back.</param>
    /// <exception cref="CommandException">The broker refused something or went away.</exception>
    public async Task WalkAsync(long limit, Func<DeadLetter, BasicGetResult, Task<bool>> takeAsync, CancellationToken cancellationToken)
    {
        if (await QueueDepths.AskAsync(_connection, BrokerNames.Dead, cancellationToken) is not { } queue)
        {
            return;
        }

        try
        {
            for (var left = Math.Min(limit, queue.MessageCount); left > 0; left--)
            {
                if (await _channel.BasicGetAsync(BrokerNames.Dead, autoAck: false, cancellationToken) is not { } delivery)
                {
                    return;
                }

                var letter = DeadLetter.Read(delivery);
                if (await takeAsync(letter, delivery) || await RenewAsync(letter, delivery, cancellationToken))
                {
                    await _channel.BasicAckAsync(delivery.DeliveryTag, multiple: false, cancellationToken);
                }
            }
        }
        catch (Exception e) when (e is AlreadyClosedException or OperationInterruptedException)
        {
            throw new CommandException(
                $"The connection to RabbitMQ was closed; what was not confirmed is still on {BrokerNames.Dead}.",
                $"RabbitMQへの接続が切れました。確認されなかったものは {BrokerNames.Dead} に残っています。",
                e);
        }
    }

    /// <summary>Publishes a dead letter to the intake again; returns when the broker has it in a queue.</summary>
    /// <exception cref="CommandException">The broker did not take it.</exception>
    public async Task PublishAsync(DeadLetter letter, BasicGetResult delivery, CancellationToken cancellationToken)
    {
        try
        {
            await _channel.BasicPublishAsync(
                EventNames.Exchange, letter.RoutingKey!, mandatory: true, RenewedHeaders.ForIntake(delivery.BasicProperties), delivery.Body, cancellationToken);
        }
        catch (PublishException e)
        {
            throw new CommandException(
                e.IsReturn
                    ? $"RabbitMQ has no queue for event {letter.EventId}, which stays on {BrokerNames.Dead}: start the worker, which declares it, and try again."
                    : $"RabbitMQ refused event {letter.EventId}, most likely because its queue is at its limit; it stays on {BrokerNames.Dead}: see ecg queues, and try again later.",
                e.IsReturn
                    ? $"イベント {letter.EventId} を受け取るキューがないため {BrokerNames.Dead} に残しました。キューを宣言するワーカーを起動してから再実行してください。"
                    : $"RabbitMQがイベント {letter.EventId} を拒否したため {BrokerNames.Dead} に残しました(キューが上限に達した可能性があります)。ecg queues で確認し、後で再実行してください。",
                e);
        }
    }

    /// <summary>Closes the channel, which returns what was not acknowledged, and the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private async Task<bool> RenewAsync(DeadLetter letter, BasicGetResult delivery, CancellationToken cancellationToken)
    {
        if (Count(delivery) < RenewAfter)
        {
            return false;
        }

        try
        {
            await _channel.BasicPublishAsync(
                BrokerNames.Dead, delivery.RoutingKey, mandatory: true, RenewedHeaders.ForDeadLetters(delivery.BasicProperties, letter), delivery.Body, cancellationToken);
            return true;
        }
        catch (PublishException)
        {
            // It stays as it is; the next walk tries again.
            return false;
        }
    }

    private static long Count(BasicGetResult delivery) =>
        delivery.BasicProperties.Headers is { } headers && headers.TryGetValue("x-delivery-count", out var count) && count is IConvertible number
            ? number.ToInt64(CultureInfo.InvariantCulture)
            : 0;
}
